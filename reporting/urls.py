"""Routes of reporting, below the address of a review."""

from django.urls import path

from reporting import views

app_name = "reporting"
urlpatterns = [
    path("results/", views.report_list, name="report-list"),
    path("results/<slug:table>/", views.report_detail, name="report-detail"),
    path("results/<slug:table>/download/", views.report_download, name="report-download"),
    path(
        "results/<slug:table>/cells/<str:row>/<slug:column>/",
        views.cell_lineage,
        name="cell-lineage",
    ),
]
