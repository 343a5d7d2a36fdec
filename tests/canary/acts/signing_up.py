"""People sign up with a code from a poster. The code is public; who texts it is not."""

from tests.canary.line import until
from tests.canary.scene import Scene

CODE = "RADIO7"


def a_code_is_made(scene: Scene) -> None:
    """And what is typed in its place, by mistake, is kept nowhere."""
    officer, number = scene.officer, scene.canaries.phone("a bad code")
    for wrong in (
        {"code": number, "label": "Bus station"},
        {"code": CODE, "label": f"{scene.word('a label')} {number}"},
        {"code": CODE, "label": "Bus station", "tag": f"{scene.word('a tag')}@example.org"},
        {"code": scene.sentence("a code", "arabic"), "label": "Bus station"},
    ):
        # What was typed comes back in the form, to who typed it.
        assert officer.posts("/campaigns/codes", keep=False, **wrong) == 400
    assert officer.posts("/campaigns/codes", code=CODE, label="Bus station", tag="north") == 302
    assert officer.opens(f"/campaigns/codes/{CODE}") == 200
    for drawing in ("sms.svg", "telegram.png"):
        assert officer.opens(f"/campaigns/codes/{CODE}/{drawing}") == 200, drawing


def people_sign_up(scene: Scene) -> None:
    lea, omar, nadia = scene.phone("Lea"), scene.phone("Omar"), scene.chat("Nadia")
    # Every process knows the code in a while.
    until(lambda: "messages here" in scene.phone("who tries").writes("#radio 7"), "it is not known")
    # Somebody new each time: to whom the line has put another question, a code is no code.
    assert "messages here" in lea.writes("#radio 7")
    assert "Thank you" in lea.picks("Yes")
    said = lea.writes(CODE)
    assert "already" in said, lea.heard()[-4:]
    omar.writes(CODE)
    omar.writes(scene.sentence("instead of a yes"))
    omar.sends(f"{CODE} {scene.sentence('around a code')}")
    nadia.writes(f"/start {CODE}")
    nadia.presses("Yes")
    signed_up = f"SELECT count(*) FROM subscribers WHERE consent_source = '{CODE}'"
    assert scene.line.counts(signed_up) == 2
    assert scene.officer.opens("/campaigns/codes") == 200
