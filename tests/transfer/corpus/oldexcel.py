"""Workbooks of Excel before 2007. Nothing that is installed here writes them, so they are kept packed."""

import base64
import struct
import zlib


def _unpacked(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text))


def with_extent(workbook: bytes, *extent: int) -> bytes:
    """Return the workbook whose first sheet tells other first and last rows and columns."""
    at = workbook.index(struct.pack("<HH", 0x0200, 14)) + 4
    return workbook[:at] + struct.pack("<IIHH", *extent) + workbook[at + 12 :]


# one (a b / 1 żółw / 2.5 2024-02-29 / m merged over three rows, x) and two (q / 3)
TWO_SHEETS = _unpacked(
    "eNrtWE1oE1EQ/t4mmz+bNG2ThlYspWCrtT2IFy81Wqo9pVQv/iBoY3uQaqqhUBXRapujIHhSRCjUg5eqF3/wBwUPHoSKHgRBSBRP"
    "PYkKHtqsM7O7NY0JNKCF6s7mzb73zbx5s+/NznvZ17M12am7jTkU0Ta4kDf88BRgiorfboRBcsPgqn33UTEcWlXk99FCenQ8Cr7y"
    "8hryeueg4Y77OXHgI5WDOIG+kdRQ8wpSt/gwoNiHLuWm2NNwnUoIDeJXrfAjwuuE3xbdx8K3C3JJeBfpZtUBzMb72rdacbxPaxFZ"
    "iLjCfenzXpDNiOIlx/H5y8rU1bEjfXTgmCNYvqDJXYVpUDz1DqWG0tyuxk0EgP1EnYlEZ09PFhGKtWl8N5qBb3ZSedbs4CuLKxD+"
    "YynuLYP7yuD+MnigDL6mDF5FQVIKD5bQv6K5gXEYhxW/wRmyWaezxAVKVNyc9JrN0bGRebRJXvOYe9gAlSRllLPqK7rVGEPHqZyi"
    "cjLAW5ykxPCSlBiURFFFfBDVUq+RdBGmSZm/9eVNItkfPyTIuGyD5ma5np2EgQvcgzqHRCJGRbdd+CbhF8XqWqk3Co/Q60T31v6o"
    "Vdk1ITqTIm2lcbYIvY23FdQ3UD0zt/tBU+ZTfCPVZ3pzZyIz7+JTaKGFGqT+fE2gQ3Woa1eZHsbtu7LS6gfhDb+lWJ8Wtnw3rBNB"
    "NRb4vSaqEW622I6y9FWR/jktIFidzCvrsz+RRftakf4Ty6co5lxAPW684DlgTZeMtNQTxmLCWcNdpPGU5sMtGqZcLxqL5bolZ2s6"
    "9Y5JD9b2FFnzYJ1g5nh89IG1vk2Kf67P8nAuMUknKq0W9/hJaHf6RSsRcNqifLUGnCoRcDGZVzvEVIkQiyFkzztKzbtDDjnkkEMO"
    "/a+krPMBH2H47KBb5w+v9V1ngUre+Uzyz9IejNA1Sv+udiJF9zROVxQ/9dCVbUsts4/9vZBpL42exjCS4sdwxfFL50dV+DzL7hj+"
    "c69QpePnK/HzL4//Ex/eNmc="
)
# cells in A1 and IV65536
FAR_APART = _unpacked(
    "eNrtWE1IVFEU/u6bGecnHd/oGGggg5CmuZE2bfSVYK4Ua2OEUDM5C1HGGNrUxr9mGQitijaCmzamLSrRRe5cBEYuBEGY0aWroKCF"
    "zuucM+/hTLpwoKTkfo/73fPOvef+cM89l3u/bESyc0sNOfyGLniQt4OoKNIpSkH3xwSV2zaLbh6gZGv8VwgGaCErfFip+uznNeT1"
    "zsHAoneNGNilNIRH6B9PJWNniG4ZQ1zxGDqJFV6TJox6GVWN8EPhWuG3UnNV+IZongt3Ut2suocNq7/tuuPFd40mKQuD2/0gNtui"
    "6UAd1tmLJ2ZVoa4PN9Mj8bF/s6DRW4l50Lr1JlPJdHwsiygt4Dx+2DHgu7tTP8W0/mz1CqT/War3n6B/YXiBSdgPxMEzuIB3Hi7x"
    "gHbbAYVY9kmjEHnjlBIhjsCyY82SHVslnlxJPIxqkSNiZ1JMPnjz7WtfYsC6L5pJidKFWH6Zu4eNKbYg43BRnGdqE4urwtPS6iWR"
    "G4Sj5IWUNw/UOcKtGanzTEqbqZ9rgk2rpUi+QnJm//bHxsye1UryQm/uaXRhy5pDE50tw2TP3wzaVbt69ZKxbLm5cvb9jnD9sRgQ"
    "MExn/LYzkWocIiRiRJhryFmlSmvwARaReXcZNXjPjVEUOUIIGhoaGhoaGhoaGucByrlh8L2DbwM+50bhd951Dinl9TPJucUdjNP3"
    "mC6mPUhRnsaTsvznInzKbUud0sZ9L2QMUu9pjCIh4xgt23/pRqiK53NqQ/PPbaFy+8+XM86/3P8vegi+fA=="
)
