"""A Django project for tests: makes its database, then people with each hasher.

    python project.py sqlite:///PATH|postgres://... 2026-11-23T20:00:00+00:00

Everything is made by Django: its migrations, its hashers, its models and allauth's.
"""

import sys
import warnings
from urllib.parse import urlsplit

import django
from django.conf import settings

PASSWORD = "pässwörd ☃ 1234"
HASHERS = {
    "pbkdf2": "PBKDF2PasswordHasher",
    "pbkdf2sha1": "PBKDF2SHA1PasswordHasher",
    "argon2": "Argon2PasswordHasher",
    "bcryptsha256": "BCryptSHA256PasswordHasher",
    "bcrypt": "BCryptPasswordHasher",
    "scrypt": "ScryptPasswordHasher",
    "md5": "MD5PasswordHasher",
}


def database(url):
    if url.startswith("sqlite://"):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": url.removeprefix("sqlite://")}
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path[1:],
        "USER": parts.username,
        "PASSWORD": parts.password or "",
        "HOST": parts.hostname,
        "PORT": parts.port,
    }


def configure(url):
    warnings.simplefilter("ignore")
    settings.configure(
        SECRET_KEY="a secret of Django's, of thirty-two bytes or more",
        USE_TZ=True,
        TIME_ZONE="Europe/Berlin",
        DATABASES={"default": database(url)},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        PASSWORD_HASHERS=[f"django.contrib.auth.hashers.{name}" for name in HASHERS.values()],
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.sites",
            "rest_framework",
            "rest_framework_simplejwt.token_blacklist",
            "allauth",
            "allauth.account",
        ],
        MIDDLEWARE=["allauth.account.middleware.AccountMiddleware"],
        SITE_ID=1,
        SIMPLE_JWT={"SIGNING_KEY": "a secret of simplejwt's, of thirty-two bytes or more"},
    )
    django.setup()


def populate():
    from allauth.account.models import EmailAddress
    from django.contrib.auth import get_user_model
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    User = get_user_model()

    def make(name, **fields):
        fields.setdefault("email", f"{name}@example.com")
        user = User(username=name, **fields)
        user.save()
        return user

    for name, hasher in HASHERS.items():
        algorithm = __import__("django.contrib.auth.hashers", fromlist=[hasher])
        algorithm = getattr(algorithm, hasher).algorithm
        user = make(name, password=make_password(PASSWORD, hasher=algorithm), first_name="Ada")
        EmailAddress.objects.create(user=user, email=user.email.upper(), verified=True, primary=True)
    plain = make_password(PASSWORD)
    make("unverified", password=plain, last_name="Lovelace")
    make("inactive", password=plain, is_active=False)
    make("root", password=plain, is_superuser=True, last_login=timezone.now())
    make("Zoë", password=plain, email="")
    unusable = make("unusable")
    unusable.set_unusable_password()
    unusable.save()
    make("ADA", password=plain, email="")
    make("ada", password=plain, email="")
    make("thief", password=plain, email="PBKDF2@example.com")
    make("crypt", password="crypt$$ab.cdefg", email="")


def tokens():
    """simplejwt's refresh tokens by what became of each; START is when they are issued."""
    import datetime
    import json
    from unittest.mock import patch

    from django.contrib.auth import get_user_model
    from rest_framework_simplejwt import tokens

    User = get_user_model()
    issued = datetime.datetime.fromisoformat(sys.argv[2])

    def token(name):
        return tokens.RefreshToken.for_user(User.objects.get(username=name))

    with patch.object(tokens, "aware_utcnow", lambda: issued):
        made = {name: token(name) for name in ["pbkdf2", "root", "inactive"]}
        made["other"] = token("pbkdf2")
        made["blacklisted"] = token("pbkdf2")
        made["blacklisted"].blacklist()
    print(json.dumps({name: str(token) for name, token in made.items()}))


configure(sys.argv[1])
from django.core.management import call_command

call_command("migrate", verbosity=0)
populate()
tokens()
