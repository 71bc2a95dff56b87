"""Routes of reviews."""

from django.urls import include, path

from reviews import views

app_name = "reviews"

inside = [
    path("", views.review_detail, name="review-detail"),
    path("settings/", views.review_settings, name="review-settings"),
    path("criteria/", views.criteria_edit, name="criteria-edit"),
    path("exclusion-reasons/", views.reason_list, name="reason-list"),
    path("members/", views.member_list, name="member-list"),
    path("members/invite/", views.member_invite, name="member-invite"),
    path("members/<uuid:uid>/role/", views.member_role, name="member-role"),
    path("members/<uuid:uid>/remove/", views.member_remove, name="member-remove"),
    path("invitations/<uuid:uid>/revoke/", views.invitation_revoke, name="invitation-revoke"),
    path("activity/", views.event_list, name="event-list"),
    path("jump/", views.jump, name="jump"),
]

urlpatterns = [
    path("", views.my_work, name="my-work"),
    path("reviews/new/", views.review_create, name="review-create"),
    path("invitations/<str:token>/", views.invitation_accept, name="invitation-accept"),
    path("reviews/<slug:slug>/", include(inside)),
]
