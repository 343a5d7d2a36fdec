"""Pure triage: what is asked, what is understood, what it adds up to.

No network, no clock, no database. `step(flow, state, heard)` gives the whole next turn.
"""

from triage.assess import Assessment, assess
from triage.ear import Ear
from triage.flow import Flow, Option, Questionnaire
from triage.loader import FlowError, load_flow
from triage.moves import offered
from triage.step import step
from triage.turn import (
    Alarmed,
    CaseNote,
    CaseRequested,
    Checked,
    CoverLifted,
    CoverRaised,
    ErasureConfirmed,
    Event,
    Heard,
    LanguageChosen,
    OptedIn,
    OptedOut,
    PathChosen,
    Say,
    Screened,
    State,
    SummaryShared,
    Turn,
)

__all__ = [
    "Alarmed",
    "Assessment",
    "CaseNote",
    "CaseRequested",
    "Checked",
    "CoverLifted",
    "CoverRaised",
    "Ear",
    "ErasureConfirmed",
    "Event",
    "Flow",
    "FlowError",
    "Heard",
    "LanguageChosen",
    "OptedIn",
    "OptedOut",
    "Option",
    "PathChosen",
    "Questionnaire",
    "Say",
    "Screened",
    "State",
    "SummaryShared",
    "Turn",
    "assess",
    "load_flow",
    "offered",
    "step",
]
