"""Screenshots: small enough for the README, next to each other by name and screen."""

import io

from PIL import Image

HEAVIEST = 150_000  # bytes


class Pictures:
    """Takes pictures: those of the README into `folder`, others into `aside`."""

    def __init__(self, folder, aside):
        self.folder = folder
        self.aside = aside
        self.folder.mkdir(parents=True, exist_ok=True)

    def take(self, page, name):
        """Take what the page shows now for the README."""
        return self._take(page, name, self.folder)

    def keep(self, page, name):
        """Take what the page shows now for whoever wants to look."""
        return self._take(page, name, self.aside)

    def _take(self, page, name, folder):
        page.evaluate("document.fonts.ready")
        screen = "phone" if page.viewport_size["width"] < 600 else "desktop"
        image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        path = folder / f"{name}-{screen}.png"
        image.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        assert path.stat().st_size < HEAVIEST
        return path
