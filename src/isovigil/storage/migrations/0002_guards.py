"""What does the database itself refuse from the first day?"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from isovigil.storage.guards import postgresql_guards, sqlite_guards


def put_guards(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let the database refuse what nobody may do."""
    guards = postgresql_guards() if schema_editor.connection.vendor == "postgresql" else sqlite_guards()
    for guard in guards:
        schema_editor.execute(guard, params=None)


class Migration(migrations.Migration):
    dependencies = [("storage", "0001_initial")]

    operations = [migrations.RunPython(put_guards, migrations.RunPython.noop, atomic=True)]
