"""What XLSForm can ask and a text message cannot, and what we make of it."""

# After the list of question types in XLSForm's documentation; in small letters, blanks as underscores.
SKIPPED = {
    "note": "a note is not asked and is left out",
    "calculate": "nothing is calculated; left out",
    "hidden": "nothing is hidden in a conversation; left out",
    "begin_group": "the group is left out, its questions stay",
    "start": "not collected here; left out",
    "end": "not collected here; left out",
    "today": "not collected here; left out",
    "deviceid": "never collected here; left out",
    "simserial": "never collected here; left out",
    "subscriberid": "never collected here; left out",
    "phonenumber": "never collected here; left out",
    "username": "never collected here; left out",
    "email": "never collected here; left out",
    "start-geopoint": "never collected here; left out",
    "audit": "never collected here; left out",
    "background-audio": "never collected here; left out",
}
FREE = "an answer is picked here, not written: offer some with select_one"
RANGES = "a number or a date cannot be asked: offer ranges with select_one"
PLACE = "a place is never asked for"
FILES = "pictures, sounds and files are never asked for"
ONE = "one answer can be picked: ask with select_one, or with a yes/no question for each"
FROM_FILE = "answers out of another file cannot be offered: write them into the sheet choices"
REFUSED = {
    "text": FREE,
    "integer": RANGES,
    "decimal": RANGES,
    "range": RANGES,
    "date": RANGES,
    "time": RANGES,
    "datetime": RANGES,
    "geopoint": PLACE,
    "geotrace": PLACE,
    "geoshape": PLACE,
    "osm": PLACE,
    "image": FILES,
    "photo": FILES,
    "audio": FILES,
    "video": FILES,
    "file": FILES,
    "barcode": FILES,
    "select_multiple": ONE,
    "rank": ONE,
    "select_one_from_file": FROM_FILE,
    "select_multiple_from_file": FROM_FILE,
    "select_one_external": FROM_FILE,
    "csv-external": FROM_FILE,
    "xml-external": FROM_FILE,
    "begin_repeat": "a question cannot be repeated: ask each one by itself",
    "acknowledge": "nothing can be acknowledged: ask a yes/no question",
    "trigger": "nothing can be acknowledged: ask a yes/no question",
}
BLANKS = ("select one", "select multiple", "begin group", "end group", "begin repeat", "end repeat")


def kind_and_list(written: str) -> tuple[str, list[str]]:
    """`select one  yes_no` is `select_one` and `["yes_no"]`."""
    words = " ".join(written.split())
    for blank in BLANKS:
        if words.lower().startswith(blank):
            words = blank.replace(" ", "_") + words[len(blank) :]
    kind, *rest = words.split() or [""]
    return kind.lower(), rest


def why_not(kind: str) -> str:
    """Why a type cannot be asked in a text message."""
    return REFUSED.get(kind, "this is not a type that can be asked in a text message")
