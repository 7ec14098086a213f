from . import bridge, controllers, models, wizard
from .hooks import uninstall_hook
