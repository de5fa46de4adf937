"""Characters that people's programs write for the same thing, made one."""

import unicodedata

# Written as escapes where an editor would show nothing, or the same as another.
_SPACES = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212\ufe58\ufe63\uff0d"
_APOSTROPHES = "\u2018\u2019\u02bc\uff07\u066c"
_INVISIBLE = "\ufe0f\u200b\u200e\u200f\u061c\u2060\ufeff"
_OTHERS = {"＋": "+", "，": ",", "．": ".", "（": "(", "）": ")", "％": "%", "٪": "%", "：": ":", "／": "/"}

_PLAIN = str.maketrans(
    {
        **dict.fromkeys(_SPACES, " "),
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys(_APOSTROPHES, "'"),
        **dict.fromkeys(_INVISIBLE, None),
        **_OTHERS,
    }
)


def plain(text: str) -> str:
    """Return the text with ASCII digits for those of any script, and one character each for the kinds of
    spaces, hyphens and apostrophes; white space around is dropped.

    Only what Unicode calls a decimal digit is one: "٣" is 3, but "²" and "½" stay what they are.
    """
    if not text.isascii():
        text = "".join(_digit(c) if c.isdecimal() else c for c in text).translate(_PLAIN)
    elif "\t" in text:
        text = text.replace("\t", " ")
    return text.strip()


def _digit(character: str) -> str:
    return str(unicodedata.decimal(character))
