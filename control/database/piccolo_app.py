"""All tables and their migrations, for Piccolo's command line."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="control",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=table_finder(
        modules=["control.identity.tables", "control.tenancy.tables", "control.audit.tables"],
        exclude_imported=True,
    ),
)
