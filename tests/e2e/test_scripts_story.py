"""Every script we write to people in is drawn by our own fonts, whole, on every machine."""

import pytest

from locales import direction
from tests.e2e.talk import Talk
from web.simulator import NUMBERS

pytestmark = pytest.mark.timeout(240)

# What somebody may write, with marks above and below: the font that has to draw it.
SAID = {
    "ru": ("Здравствуйте, мой паспорт у хозяина", "Noto Sans"),
    "ky": ("Саламатсызбы, өңдүрүш жөнүндө сурайм", "Noto Sans"),
    "tg": ("Салом, ҳоло ман дар ҷои кор ҳастам, ғам", "Noto Sans"),
    "vi": ("Chào bạn, tôi muốn hỏi về giấy tờ đã mất", "Noto Sans"),
    "ar": ("مرحبًا، جوازي مع صاحب العمل", "Noto Sans Arabic"),
    "fa": ("سلام، پاسپورت من پیش صاحبکار است", "Noto Sans Arabic"),
    "hi": ("नमस्ते, मेरा पासपोर्ट मालिक के पास है", "Noto Sans"),
    "ne": ("नमस्ते, मेरो राहदानी साहुसँग छ", "Noto Sans"),
    "am": ("ሰላም፣ ፓስፖርቴ አሰሪዬ ጋር ነው", "Noto Sans Ethiopic"),
    "km": ("សួស្តី ប៉ាស្ព័រខ្ញុំនៅជាមួយថៅកែ", "Noto Sans Khmer"),
    "lo": ("ສະບາຍດີ ໜັງສືຜ່ານແດນຂອງຂ້ອຍຢູ່ນຳນາຍຈ້າງ", "Noto Sans Lao"),
    "th": ("สวัสดี หนังสือเดินทางของฉันอยู่กับนายจ้าง น้ำตา", "Noto Sans Thai"),
    "my": ("မင်္ဂလာပါ ကျွန်မ ပတ်စပို့ကို အလုပ်ရှင်က သိမ်းထားတယ်", "Noto Sans Myanmar"),
}


def drawn_by(page, selector):
    """(family, whether it is ours) of each font that draws the element, by the browser's own word."""
    tools = page.context.new_cdp_session(page)
    tools.send("DOM.enable")
    tools.send("CSS.enable")
    root = tools.send("DOM.getDocument")["root"]["nodeId"]
    node = tools.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    fonts = tools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    tools.detach()
    return {(font["familyName"], font["isCustomFont"]) for font in fonts}


# Ink of a line of text, painted on a canvas in the page's own font, must lie within its line.
INK_BEYOND = """
it => {
  const style = getComputedStyle(it), lines = parseFloat(style.lineHeight);
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const ink = canvas.measureText(it.textContent);
  return [it.scrollHeight - it.clientHeight, ink.actualBoundingBoxAscent + ink.actualBoundingBoxDescent - lines];
}
"""


def test_what_is_written_in_any_script_is_drawn_whole_by_our_own_fonts(phones, works, screenshot):
    phones.open()
    joy = phones.phone(NUMBERS[0])
    for text in ("hello", "1", "1", "0"):
        joy.writes(text)
    sam = works("sam", "Sam")
    sam.opens("Case")
    talk = Talk(sam.page)
    talk.takes_it()
    for language, (text, family) in SAID.items():
        joy.sends(text)
        talk.shows(text)
        sam.page.evaluate("document.fonts.ready")
        words = sam.page.locator(".entry.contact .words").last
        words.evaluate(
            "(it, language) => { it.lang = language; it.id = `said-${language}`; }", language
        )
        fonts = drawn_by(sam.page, f"#said-{language}")
        assert all(ours for _, ours in fonts), (language, fonts)
        assert family in {name for name, _ in fonts}, (language, fonts)
        cut, beyond = words.evaluate(INK_BEYOND)
        assert cut <= 0, language
        assert beyond <= 0, (language, beyond)
        assert words.evaluate("it => getComputedStyle(it).direction") == direction(language)
    screenshot(sam.page, "scripts", whole=True)
    screenshot(phones.page, "scripts-phone", whole=True)
