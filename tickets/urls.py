from django.urls import include, path

from tickets import views

work = [
    path("", views.board, name="board"),
    path("<str:number>/", views.ticket, name="ticket"),
    path("<str:number>/history/", views.history, name="history"),
    path("<str:number>/take/", views.take, name="take"),
    path("<str:number>/take-over/", views.take_over, name="take_over"),
    path("<str:number>/give/", views.give, name="give"),
    path("<str:number>/release/", views.release, name="release"),
    path("<str:number>/hand-over/", views.hand_over, name="hand_over"),
    path("<str:number>/move/", views.move, name="move"),
    path("<str:number>/edit/", views.edit, name="edit"),
    path("<str:number>/comment/", views.comment, name="comment"),
    path("<str:number>/resolve/", views.resolve, name="resolve"),
    path("<str:number>/reopen/", views.reopen, name="reopen"),
    path("<str:number>/again/", views.open_again, name="open_again"),
]
# The supervisor's pages about how tickets work.
settings = [
    path("desks/", views.policies, name="policies"),
    path("desks/<str:desk>/", views.policy, name="policy"),
]
urlpatterns = [path("tickets/", include(work)), path("settings/", include(settings))]
