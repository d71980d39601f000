"""docker-compose.yml, read as YAML: no container engine is needed to see that the gates stand."""

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
NEEDS_DATABASE = ["migrate", "web", "worker"]


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_the_five_services_and_the_migration_stand_there(compose):
    assert set(compose["services"]) == {"db", "redis", "migrate", "web", "worker", "beat"}


def test_nothing_starts_before_what_it_needs_is_healthy(compose):
    services = compose["services"]
    for name in NEEDS_DATABASE:
        assert services[name]["depends_on"]["db"]["condition"] == "service_healthy"
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"]["redis"]["condition"] == "service_healthy"
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    for name in ("db", "redis", "web", "worker"):
        assert services[name]["healthcheck"]["test"]


def test_the_application_is_no_superuser(compose):
    url = compose["services"]["web"]["environment"]["DATABASE_URL"]
    assert url.startswith("postgres://traceline:")
    assert compose["services"]["db"]["environment"]["POSTGRES_USER"] != "traceline"
    role = (ROOT / "deploy/postgres-role.sh").read_text()
    assert "CREATE ROLE traceline LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS" in role


def test_every_service_of_ours_shares_one_image_and_environment(compose):
    ours = [compose["services"][name] for name in ("migrate", "web", "worker", "beat")]
    assert len({service["image"] for service in ours}) == 1
    assert len({str(service["environment"]) for service in ours}) == 1
    assert all(service["read_only"] and service["cap_drop"] == ["ALL"] for service in ours)


def test_redis_never_evicts(compose):
    assert "--maxmemory-policy noeviction" in " ".join(compose["services"]["redis"]["command"])


def test_no_secret_stands_in_the_file_and_the_example_names_each(compose):
    text = (ROOT / "docker-compose.yml").read_text()
    example = (ROOT / ".env.example").read_text()
    for name in ("POSTGRES_PASSWORD", "TRACELINE_DB_PASSWORD", "REDIS_PASSWORD"):
        assert f"${{{name}:?" in text
        assert f"\n{name}=\n" in example
