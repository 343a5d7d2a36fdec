// The chart above the tables. Colours come from the page, so that light and dark both work.
const canvas = document.querySelector("canvas[data-source]");
const style = getComputedStyle(document.documentElement);
const rtl = document.documentElement.dir === "rtl";
const MARKS = ["circle", "triangle", "rect", "rectRot", "star"];

async function draw() {
  const answer = await fetch(canvas.dataset.source, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  // A number that is not shown is null and leaves a gap: it is not nothing.
  const { days, series } = await answer.json();
  const ink = style.getPropertyValue("--quiet").trim(), line = style.getPropertyValue("--line").trim();
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.color = ink;
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const day = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short", timeZone: "UTC" });
  new Chart(canvas, {
    type: "line",
    data: {
      labels: days.map((each) => day.format(new Date(each + "T00:00Z"))),
      datasets: series.map(({ label, values }, n) => ({
        label, data: values, cubicInterpolationMode: "monotone", borderWidth: 2, pointRadius: ({ raw }) => (raw ? 4 : 0), pointHoverRadius: 5,
        pointStyle: MARKS[n],
        borderColor: style.getPropertyValue(`--series-${n + 1}`).trim(),
        backgroundColor: style.getPropertyValue(`--series-${n + 1}`).trim(),
      })),
    },
    options: {
      maintainAspectRatio: false, animation: false,
      interaction: { mode: "index", intersect: false },
      plugins: {
        legend: { position: "bottom", rtl, labels: { usePointStyle: true, padding: 16, boxWidth: 8, boxHeight: 8 } },
        tooltip: { rtl, usePointStyle: true },
      },
      scales: {
        x: { reverse: rtl, grid: { display: false }, border: { color: line }, ticks: { maxRotation: 0, autoSkipPadding: 16 } },
        y: { beginAtZero: true, suggestedMax: 4, position: rtl ? "right" : "left", grid: { color: line }, border: { display: false },
             ticks: { precision: 0, callback: (value) => number.format(value) } },
      },
    },
  });
  canvas.dataset.drawn = "1";
}
if (canvas) draw();
