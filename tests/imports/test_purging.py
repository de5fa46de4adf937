"""The command that deletes files whose time is over, and none before."""

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from dynadmin.exports.ordering import order_export
from dynadmin.exports.records import FileExport
from dynadmin.imports.records import FileImport
from dynadmin.imports.running import run_import


def test_files_go_when_their_time_is_over_and_records_of_imports_stay(flights, ordered, upload_dir, capsys):
    job = ordered("carrier,number\nUA,1\nAA,x\n", skip_refused=True)
    run_import(job)
    options = {"format": "csv", "fields": ["number"], "references": {}}
    made = order_export(flights.django_model, author=None, file_name="flights.csv", options=options)
    FileExport.objects.filter(pk=made.pk).update(stored="0.kept", state="done", finished_at=timezone.now())
    (upload_dir / "0.kept").touch()

    call_command("purgefiles")
    assert "Deleted 0 uploads, files of 0 imports and of 0 exports." in capsys.readouterr().out
    assert len(list(upload_dir.iterdir())) == 3

    for kind in (FileImport, FileExport):
        kind.objects.update(finished_at=timezone.now() - timedelta(days=400))
    call_command("purgefiles")

    assert "Deleted 0 uploads, files of 1 imports and of 1 exports." in capsys.readouterr().out
    assert list(upload_dir.iterdir()) == []
    assert not FileExport.objects.exists()
    assert FileImport.objects.get().stored == ""
