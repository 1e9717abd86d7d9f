from supervision.views.detector import detector
from supervision.views.overview import overview

__all__ = ["detector", "overview"]
