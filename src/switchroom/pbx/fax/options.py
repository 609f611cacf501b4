"""What a channel's faxes go by, and what came of the last one: ``FAXOPT()``."""

from __future__ import annotations

from dataclasses import dataclass, field

from switchroom.config.res_fax import FaxConfig


@dataclass(slots=True)
class FaxOptions:
    """Of one channel, by ``channel.datastore(FaxOptions)``; None is as ``res_fax.conf`` says."""

    ecm: bool | None = None
    header: str | None = None
    station_id: str | None = None
    min_rate: int | None = None
    max_rate: int | None = None
    modems: frozenset[str] | None = None
    t38_timeout: float | None = None  #: seconds
    #: As they were written.
    others: dict[str, str] = field(default_factory=dict)
    #: What came of the last fax, by the items of ``FAXOPT()``.
    results: dict[str, str] = field(default_factory=dict)

    def completed(self, config: FaxConfig) -> FaxConfig:
        """With what is not said here as ``res_fax.conf`` says."""
        return FaxConfig(
            config.min_rate if self.min_rate is None else self.min_rate,
            config.max_rate if self.max_rate is None else self.max_rate,
            config.tells_status,
            config.ecm if self.ecm is None else self.ecm,
            config.modems if self.modems is None else self.modems,
            config.t38_timeout if self.t38_timeout is None else self.t38_timeout,
        )
