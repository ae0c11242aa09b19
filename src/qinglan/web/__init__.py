"""The workbench: pages rendered on the server, forms that work without a script.

A route turns a form into the arguments of one verb in ``flow`` and shows what came of it; it
knows no table and no rule. Everything about who asks, and what a browser may do with a page,
stands in ``visits`` and ``headers``, before any route.
"""
