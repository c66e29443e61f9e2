"""
Minutes between origins and sites, exactly, over real roads.

:func:`slgeo.routing.travel.travel_times` is the way in and
:class:`slgeo.routing.times.TravelTimes` what comes out. ``docs/routing.md`` explains the method.
"""
