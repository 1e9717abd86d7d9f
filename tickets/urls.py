from django.urls import include, path

from tickets import views

work = [
    path("", views.board, name="board"),
    path("mentions/", views.my_mentions, name="mentions"),
    path("<str:number>/", views.ticket, name="ticket"),
    path("<str:number>/take/", views.take, name="take"),
    path("<str:number>/take-over/", views.take_over, name="take_over"),
    path("<str:number>/give/", views.give, name="give"),
    path("<str:number>/release/", views.release, name="release"),
    path("<str:number>/hand-over/", views.hand_over, name="hand_over"),
    path("<str:number>/move/", views.move, name="move"),
    path("<str:number>/comment/", views.comment, name="comment"),
    path("<str:number>/resolve/", views.resolve, name="resolve"),
    path("<str:number>/reopen/", views.reopen, name="reopen"),
    path("<str:number>/again/", views.open_again, name="open_again"),
]
talk = [
    path("<str:number>/reply/", views.reply, name="reply"),
    path("<str:number>/take-back/", views.take_back, name="take_back"),
    path("<str:number>/retry/", views.retry, name="retry"),
    path("<str:number>/draft/", views.draft, name="draft"),
    path("<str:number>/texts/", views.texts, name="texts"),
    path("<str:number>/people/", views.people, name="people"),
    path("<str:number>/files/", views.add_file, name="add_file"),
    path("<str:number>/files/remove/", views.remove_file, name="remove_file"),
    path("<str:number>/files/<int:pk>/", views.file, name="file"),
    path("<str:number>/presence/", views.presence, name="presence"),
    path("<str:number>/leave/", views.leave, name="leave"),
]
# The supervisor's pages about how tickets work.
settings = [
    path("desks/", views.policies, name="policies"),
    path("desks/<str:desk>/", views.policy, name="policy"),
    path("texts/", views.texts_settings, name="texts_settings"),
    path("texts/<int:pk>/", views.texts_settings, name="text"),
]
urlpatterns = [path("tickets/", include([*work, *talk])), path("settings/", include(settings))]
