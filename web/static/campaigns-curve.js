// The curve of a campaign: asked for again while it is under way. Colours come from the page.
const figure = document.querySelector("[data-chart]");
const canvas = figure.querySelector("canvas");
const style = getComputedStyle(document.documentElement);
const rtl = document.documentElement.dir === "rtl", language = document.documentElement.lang;
const MARKS = ["circle", "triangle", "rect", "rectRot"];
const DAY = 86_400_000;
let chart;

function clock(zone, span) {
  const long = { day: "numeric", month: "short" }, short = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Intl.DateTimeFormat(language, { ...(span > DAY ? long : {}), ...(span < 7 * DAY ? short : {}), timeZone: zone });
}

function options(times) {
  const ink = style.getPropertyValue("--quiet").trim(), line = style.getPropertyValue("--line").trim();
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.color = ink;
  const number = new Intl.NumberFormat(language);
  const said = (value) => times.format(new Date(value));
  return {
    maintainAspectRatio: false, animation: false, parsing: false,
    interaction: { mode: "index", intersect: false },
    plugins: {
      legend: { position: "bottom", rtl, labels: { usePointStyle: true, padding: 16, boxWidth: 8, boxHeight: 8 } },
      tooltip: { rtl, usePointStyle: true, callbacks: { title: ([first]) => said(first.raw.x) } },
    },
    scales: {
      x: { type: "linear", reverse: rtl, grid: { display: false }, border: { color: line },
           ticks: { maxRotation: 0, autoSkipPadding: 24, maxTicksLimit: 8, callback: said } },
      y: { beginAtZero: true, suggestedMax: 4, position: rtl ? "right" : "left", grid: { color: line }, border: { display: false },
           ticks: { precision: 0, callback: (value) => number.format(value) } },
    },
  };
}

async function draw() {
  const answer = await fetch(canvas.dataset.source, { headers: { Accept: "application/json", "Waypost-By-Itself": "1" } });
  if (!answer.ok) return;
  const { zone, at, series } = await answer.json();
  // A single point is no curve.
  if (at.length < 2) return;
  figure.hidden = false;
  const x = at.map((each) => Date.parse(each));
  const datasets = series.map(({ label, values }, n) => {
    const colour = style.getPropertyValue(`--series-${n + 1}`).trim();
    return {
      label, data: values.map((y, i) => ({ x: x[i], y })), borderColor: colour, backgroundColor: colour,
      borderWidth: 2, pointStyle: MARKS[n], pointRadius: x.length > 40 ? 0 : 3, pointHoverRadius: 5,
    };
  });
  const span = x.at(-1) - x[0];
  chart?.destroy();
  chart = new Chart(canvas, { type: "line", data: { datasets }, options: options(clock(zone, span)) });
  chart.options.scales.x.min = x[0];
  chart.options.scales.x.max = x.at(-1);
  chart.update();
  canvas.dataset.drawn = "1";
}

draw();
setInterval(() => { if (document.querySelector("#progress[hx-get]")) draw(); }, 15_000);
