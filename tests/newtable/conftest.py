"""Files as people really have them."""

import pytest

MESSY = """Nr;Data zakupu;Kod pocztowy;Telefon;Kwota;Rabat;Zapłacono;Uwagi;
1001;13.02.2024;02-134;022 601 100;1.234,50 zł;5 %;tak;"Dostawa
do domu";
1002;01.03.2024;00-950;048 555 010;99,00 zł;10 %;nie;-;
1003;5.3.2024;31-001;012 422 000;12,99 zł;0 %;tak;;
1004;31.1.2024;80-288;058 301 000;N/A;2,5 %;tak;brak;
"""


@pytest.fixture
def write(tmp_path):
    """Write a file and return its path."""

    def write(content, name="purchases.csv"):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return write


@pytest.fixture
def messy(write):
    return write(MESSY)
