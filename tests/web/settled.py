"""When is a page through with what it loads?"""

from playwright.sync_api import Page


def settled(page: Page) -> None:
    """Waits until nothing is loading: no request, no skeleton, every picture and font there."""
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        """() => !document.querySelector('[aria-hidden="true"].animate-pulse')
            && [...document.images].every((image) => image.complete) && document.fonts.status === 'loaded'"""
    )
