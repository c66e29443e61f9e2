"""
Minutes between origins and sites, exactly, over real roads; ``docs/routing.md`` has the method.

==========================  ======================================================================
`travel.travel_times`       all pairs within a limit, or the k nearest: the way in
`times.TravelTimes`         what comes out: times, and a reason for everyone without one
`travel.reached_within`     sites, or what they offer, within some minutes; no table of pairs
`travel.exit_times`         minutes to where the roads supplied end
`travel.prepare`            roads prepared once for many questions
`nodes.node_times`          minutes at every node, for drawing catchments
`routes.routes`             the line of a trip
`interchange`               times from and for other tools
==========================  ======================================================================
"""
