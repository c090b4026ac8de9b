"""Pictures, made anew: pixels only. What a camera wrote beside them (place, time, owner) is gone."""

import warnings
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from app.domain.attachments import JPEG, LARGEST_SIDE, MOST_PIXELS, Clean, FileRefusedError, Kind, Refusal

_QUALITY: Final = 82
_FORMATS: Final = {Kind.JPEG: "JPEG", Kind.PNG: "PNG", Kind.WEBP: "WEBP"}
_WHITE: Final = (255, 255, 255)

# Pillow asks from the head of the file, before a pixel is unpacked; what it warns of is refused below.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def clean_image(content: bytes, kind: Kind) -> Clean:
    """Return the picture as a JPEG of at most 2400 pixels a side, upright, without metadata.

    Of a moving picture the first one is kept; what is transparent becomes white.

    Raises:
        FileRefusedError: too many pixels, or damaged.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(BytesIO(content), formats=(_FORMATS[kind],)) as opened:
                # A JPEG can be unpacked at a half, a quarter or an eighth: most of the time saved is here.
                opened.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
                return _written(_upright(opened))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FileRefusedError(Refusal.TOO_MANY_PIXELS) from error
    except (OSError, SyntaxError, ValueError, EOFError, Warning) as error:
        # Pillow tells of a damaged file in all of these ways.
        raise FileRefusedError(Refusal.UNREADABLE) from error


def _upright(opened: Image.Image) -> Image.Image:
    small = opened
    small.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    turned = ImageOps.exif_transpose(small)
    if turned.has_transparency_data:
        seen = turned.convert("RGBA")
        ground = Image.new("RGB", seen.size, _WHITE)
        ground.paste(seen, mask=seen.getchannel("A"))
        return ground
    return turned.convert("RGB")


def _written(picture: Image.Image) -> Clean:
    # Pillow writes a JPEG's comment again unless it is taken away here.
    picture.info.clear()
    out = BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return Clean(out.getvalue(), JPEG, picture.width, picture.height)
