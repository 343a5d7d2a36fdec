"""Where the steps of a flow lead: what is never reached, what leads nowhere, what only goes round."""

from collections.abc import Iterator

from triage.flow import REQUIRED, RESUME, Flow, Step


def leads(step: Step) -> Iterator[tuple[str, str, str]]:
    """(word to find its line by, what leads, where to) for each way out of a step."""
    for option in step.options:
        yield f'"{option.id}"', f'option "{option.id}"', option.next
    needs_next = step.kind in ("language", "questionnaire", "call", "rest")
    if step.next or needs_next:
        yield "next =", '"next"', step.next
    if step.next_advice or step.kind == "questionnaire":
        yield "next_advice", '"next_advice"', step.next_advice


def unreached(flow: Flow) -> set[str]:
    """Steps that nothing leads to."""
    found: set[str] = set()
    todo = {*REQUIRED, *_interrupts(flow)} & flow.steps.keys()
    while todo:
        name = todo.pop()
        found.add(name)
        todo |= {to for to in _ways(flow, flow.steps[name]) if to in flow.steps} - found
    return flow.steps.keys() - found


def without_exit(flow: Flow) -> dict[str, str]:
    """Steps from which no answer ever leads to a person or back to the menu, and how so."""
    # Backwards from where a talk may end well: a person, the menu, back to what was interrupted.
    out = {name for name, step in flow.steps.items() if step.kind in ("relay", "cover")}
    out |= {"menu", RESUME} & {*flow.steps, RESUME}
    grown = True
    while grown:
        more = {name for name, step in flow.steps.items() if out.intersection(_ways(flow, step))}
        grown = not more <= out
        out |= more
    return {name: _why(flow, step) for name, step in flow.steps.items() if name not in out}


def _why(flow: Flow, step: Step) -> str:
    ways = [to for to in _ways(flow, step) if to in flow.steps]
    if not ways:
        return "is a dead end: nothing leads on from it"
    round_trip = [step.id]
    while ways and ways[0] not in round_trip:
        round_trip.append(ways[0])
        ways = [to for to in _ways(flow, flow.steps[ways[0]]) if to in flow.steps]
    return f"goes round without a way out: {' → '.join([*round_trip, *ways[:1]])}"


def _ways(flow: Flow, step: Step) -> Iterator[str]:
    for _, _, to in leads(step):
        yield to
    sheet = flow.questionnaires.get(step.questionnaire)
    if sheet is not None:
        for question in sheet.questions.values():
            yield from (m.interrupts for m in question.means.values() if m.interrupts)


def _interrupts(flow: Flow) -> Iterator[str]:
    for question in flow.questions():
        yield from (m.interrupts for m in question.means.values() if m.interrupts)
