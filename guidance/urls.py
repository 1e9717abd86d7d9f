from django.urls import path

from guidance.views import editor, phrases, walking

urlpatterns = [
    path("scripts/contacts/<int:contact_id>/", walking.of_contact, name="of_contact"),
    path("scripts/contacts/<int:contact_id>/begin/", walking.begin_on_contact, name="begin_on_contact"),
    path("scripts/tickets/<str:number>/", walking.of_ticket, name="of_ticket"),
    path("scripts/tickets/<str:number>/begin/", walking.begin_on_ticket, name="begin_on_ticket"),
    path("scripts/walks/<int:pk>/answer/", walking.answer, name="answer"),
    path("scripts/walks/<int:pk>/back/", walking.back, name="back"),
    path("scripts/walks/<int:pk>/resume/", walking.resume, name="resume"),
    path("settings/scripts/", editor.scripts, name="scripts"),
    path("settings/scripts/new/", editor.script, name="new"),
    path("settings/scripts/phrases/", phrases.phrases, name="phrases"),
    path("settings/scripts/phrases/<int:pk>/", phrases.phrases, name="phrase"),
    path("settings/scripts/<int:pk>/", editor.script, name="script"),
    path("settings/scripts/<int:pk>/draft/", editor.draft, name="draft"),
    path("settings/scripts/<int:pk>/nodes/<slug:key>/remove/", editor.remove, name="remove_node"),
    path("settings/scripts/<int:pk>/publish/", editor.publish, name="publish"),
    path("settings/scripts/<int:pk>/drop/", editor.drop, name="drop_draft"),
    path("settings/scripts/<int:pk>/restore/", editor.restore, name="restore"),
    path("settings/scripts/<int:pk>/try/", editor.rehearse, name="try"),
    path("settings/scripts/<int:pk>/heat/", editor.heat, name="heat"),
    path("settings/scripts/<int:pk>/file/", editor.file, name="file"),
]
