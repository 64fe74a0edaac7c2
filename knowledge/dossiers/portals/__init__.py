"""Portal systems behind HTTP: how each is asked, and what keeps a bad day of theirs from becoming ours."""

from knowledge.dossiers.portals.choose import (
    KINDS,
    BySystem,
    PortalConfig,
    PortalConfigError,
    look_up_for,
    read_configs,
)

__all__ = ["KINDS", "BySystem", "PortalConfig", "PortalConfigError", "look_up_for", "read_configs"]
