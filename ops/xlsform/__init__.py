"""Questionnaires in a spreadsheet: XLSForm, as ODK and Kobo read it, out and in again.

What is exported and imported again is the same questionnaire. What cannot be asked in a text message is
refused, everything at once, each line with its sheet and row; then nothing is written.
"""

from ops.xlsform.exporting import export_form, find
from ops.xlsform.findings import XlsFormRefused
from ops.xlsform.importing import Form, import_form
from ops.xlsform.saving import save
from ops.xlsform.telling import next_steps
from ops.xlsform.texts import catalog_texts

__all__ = [
    "Form",
    "XlsFormRefused",
    "catalog_texts",
    "export_form",
    "find",
    "import_form",
    "next_steps",
    "save",
]
