"""Screenshots: small enough for the README, next to each other by name and screen."""

import io

from PIL import Image

HEAVIEST = 150_000  # bytes


class Pictures:
    """Takes pictures: those of the README into `folder`, others into `aside`.

    None but those of failures, unless they are `wanted`: they take time.
    """

    def __init__(self, folder, aside, wanted):
        self.folder = folder
        self.aside = aside
        self.wanted = wanted

    def take(self, page, name):
        """Take what the page shows now for the README."""
        if self.wanted:
            self._take(page, name, self.folder)

    def keep(self, page, name):
        """Take what the page shows now for whoever wants to look."""
        if self.wanted:
            self._take(page, name, self.aside)

    def failure(self, page, name):
        """Take what a failed test's page shows; returns the file."""
        return self._take(page, name, self.aside)

    @staticmethod
    def _take(page, name, folder):
        page.evaluate("document.fonts.ready")
        screen = "phone" if page.viewport_size["width"] < 600 else "desktop"
        image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        path = folder / f"{name}-{screen}.png"
        image.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        assert path.stat().st_size < HEAVIEST
        return path
