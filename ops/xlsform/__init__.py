"""Questionnaires in a spreadsheet: XLSForm, as ODK and Kobo read it, out and in again.

What is exported and imported again is the same questionnaire. What cannot be asked in a text message is
refused, everything at once, each line with its sheet and row; then nothing is written.
"""

from ops.xlsform.exporting import export_form, find
from ops.xlsform.findings import XlsFormRefused
from ops.xlsform.importing import Form, import_form
from ops.xlsform.saving import save

__all__ = ["Form", "XlsFormRefused", "export_form", "find", "import_form", "save"]
