"""Images in memory as files."""

from io import BytesIO

from PIL import Image


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    stream = BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()
