import pytest

from web import browsers

WINDOWS, LINUX = "(Windows NT 10.0; Win64; x64)", "(X11; Linux x86_64)"
IPHONE = "(iPhone; CPU iPhone OS 18_5 like Mac OS X)"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
MOBILE = "Mobile/15E148 Safari/604.1"


@pytest.mark.parametrize(
    ("told", "called"),
    [
        ("(Android 15; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0", "Firefox, Android"),
        ("(Macintosh; Intel Mac OS X 10.15; rv:144.0) Firefox/144.0", "Firefox, macOS"),
        (f"{WINDOWS} {CHROME}", "Chrome, Windows"),
        (f"{WINDOWS} {CHROME} Edg/142.0.0.0", "Edge, Windows"),
        (f"{LINUX} {CHROME} OPR/120.0.0.0", "Opera, Linux"),
        (f"(Linux; Android 14) SamsungBrowser/28.0 {CHROME}", "Samsung Internet, Android"),
        (f"{IPHONE} AppleWebKit/605.1.15 Version/18.5 {MOBILE}", "Safari, iPhone"),
        (f"{IPHONE} AppleWebKit/605.1.15 CriOS/142.0 {MOBILE}", "Chrome, iPhone"),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)
def test_a_browser_is_called_by_two_words_of_ours(told, called):
    assert browsers.called(f"Mozilla/5.0 {told}") == called
