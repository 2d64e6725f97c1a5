"""When is a page through with what it loads?"""

from playwright.sync_api import Page


def settled(page: Page) -> None:
    """Waits until nothing is loading: no request, no skeleton, every font and every picture in sight there."""
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        """() => {
          // Those further down may be left until one comes near them.
          const later = (image) => image.loading === 'lazy' && image.getBoundingClientRect().top > innerHeight;
          return !document.querySelector('[aria-hidden="true"].animate-pulse')
            && [...document.images].every((image) => image.complete || later(image))
            && document.fonts.status === 'loaded';
        }"""
    )
