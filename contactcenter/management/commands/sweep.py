from common.rounds import RoundsCommand
from contactcenter.sweep import HEART, sweep


class Command(RoundsCommand):
    help = "Catch up with everything a lost message would have started."
    heart = HEART

    def round(self) -> None:
        sweep()
