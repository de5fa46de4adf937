"""How people write currencies beside an amount."""

import unicodedata

# ISO 4217, those in use.
_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ
GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR
LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN
PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB
TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""

# Words and signs of one country; "kr" is of four, so it stands for itself, as all other signs do.
_NAMES = {
    "$": "USD",
    "us$": "USD",
    "€": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "￥": "JPY",
    "zł": "PLN",
    "zl": "PLN",
    "kč": "CZK",
    "ft": "HUF",
    "lei": "RON",
    "лв": "BGN",
    "лв.": "BGN",
    "fr": "CHF",
    "fr.": "CHF",
    "sfr": "CHF",
    "sfr.": "CHF",
    "r$": "BRL",
    "c$": "CAD",
    "a$": "AUD",
    "руб": "RUB",
    "руб.": "RUB",
    "₽": "RUB",
    "₹": "INR",
    "rs": "INR",
    "rs.": "INR",
    "元": "CNY",
    "円": "JPY",
    "kr": "kr",
    "kr.": "kr",
    "₺": "TRY",
    "₩": "KRW",
    "₴": "UAH",
    "грн": "UAH",
    "грн.": "UAH",
    "฿": "THB",
}
_KNOWN = {code.lower(): code for code in _CODES.split()} | _NAMES


def currency_of(word: str) -> str | None:
    """Return the currency that the word or sign means, an ISO 4217 code where there is one, or None."""
    if found := _KNOWN.get(word.lower()):
        return found
    return word if len(word) == 1 and unicodedata.category(word) == "Sc" else None
