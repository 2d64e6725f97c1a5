"""All tables and their migrations, for Piccolo's command line."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="control",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=table_finder(
        modules=[
            f"control.{domain}.tables"
            for domain in (
                "identity",
                "tenancy",
                "audit",
                "jobs",
                "billing",
                "assets",
                "workflows",
                "gateway",
                "models",
                "creative",
            )
        ],
        exclude_imported=True,
    ),
)
