from django.apps import AppConfig


class ThirdPartyConfig(AppConfig):
    """Installed by a test only."""

    name = "tests.thirdparty"
