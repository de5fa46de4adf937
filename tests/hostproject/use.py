"""Run in the shell of the host project, in another process: uses the table by admin and API."""

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.authtoken.models import Token

from dynadmin.models import DynamicModel

client = Client(headers={"host": "localhost"})
assert client.get("/api/").status_code == 401

ada = User.objects.get(username="ada")
token = Client(headers={"host": "localhost", "authorization": f"Token {Token.objects.create(user=ada).key}"})
URL = "/api/tables/event/"

# --- API: create, list, change, delete ---
JSON = "application/json"
row = token.post(URL, {"country": "DE", "poster": SimpleUploadedFile("a.txt", b"hello")}).json()
ROW = f"{URL}{row['id']}/"
assert [found["country"] for found in token.get(URL).json()["results"]] == ["PL", "DE"]
assert b"".join(token.get(row["poster"]).streaming_content) == b"hello"
assert token.patch(ROW, {"country": "FR"}, content_type=JSON).status_code == 200
assert token.patch(ROW, {"country": "long"}, content_type=JSON).status_code == 400
assert DynamicModel.objects.get(name="event").django_model.objects.get(pk=row["id"]).country == "FR"
assert token.delete(ROW).status_code == 204

# --- Pages ---
client.force_login(ada)
for url in ("/admin/", "/admin/tables/", "/admin/tables/event/", "/admin/tables/event/add/"):
    page = client.get(url)
    assert page.status_code == 200, (url, page.status_code)
page = client.get("/admin/tables/event/").content.decode()
assert "PL" in page
page = client.get(URL, headers={"accept": "text/html"})
assert page.status_code == 200, page.status_code
assert "country" in page.content.decode()
for url in ("/admin/dynadmin/dynamicmodel/", "/admin/auth/user/"):
    assert client.get(url).status_code == 200, url
