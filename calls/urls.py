from django.urls import path

from calls import api

# Mounted under /api/v1/cti/: the address that PBX bridges already speak.
cti = [
    path("<str:token>", api.cti_event, name="cti"),
    path("<str:token>/lookup", api.cti_lookup, name="cti-lookup"),
    path("<str:token>/batch", api.cti_batch, name="cti-batch"),
]
