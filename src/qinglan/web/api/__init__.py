"""The API: what programs may ask, under ``/api/v1``.

Each route is one verb of ``flow``, as each page is: programs and people go through the same
checks. What stands before every route (who asks, by which scope, how often, how much) is in
``guard``; how a failure is told, in ``problems``.
"""
