"""Whether deploy/compose.yaml and deploy/kubernetes/ are understood by their schemas, and hold to the rules of ours that
no schema knows. Prints what is wrong, and fails then."""

import pathlib
import re
import sys

import yaml
from compose_spec import ComposeSpecification, Service
import kubernetes_validate

ROOT = pathlib.Path(__file__).resolve().parent.parent / "deploy"
KUBERNETES = "1.32"
wrong: list[str] = []


def expect(holds: object, what: str) -> None:
    if not holds:
        wrong.append(what)


def compose() -> None:
    text = (ROOT / "compose.yaml").read_text()
    tree = yaml.safe_load(text)
    ComposeSpecification.model_validate({key: value for key, value in tree.items() if not key.startswith("x-")})
    services, secrets, volumes = tree["services"], tree["secrets"], tree["volumes"]
    published = [name for name, service in services.items() if service.get("ports")]
    expect(published == ["nginx"], f"only nginx is reached from outside, but {published} are")
    # The models let unknown keys through.
    known = {field.alias or key for key, field in Service.model_fields.items()} | set(Service.model_fields)
    for name, service in services.items():
        at = f"compose service {name}"
        expect(set(service) <= known, f"{at}: unknown keys {sorted(set(service) - known)}")
        expect(re.search(r":.+", service["image"]) or service.get("build"), f"{at}: its image has no version")
        expect("healthcheck" in service or service.get("build"), f"{at}: nothing says whether it is well")
        expect("no-new-privileges:true" in service.get("security_opt", []), f"{at}: it may gain privileges")
        expect(service.get("restart"), f"{at}: it stays down")
        for needed, condition in service.get("depends_on", {}).items():
            expect(needed in services, f"{at}: needs {needed}, which is no service")
            expect(condition == {"condition": "service_healthy"}, f"{at}: does not wait until {needed} is well")
        expect(set(service.get("secrets", [])) <= set(secrets), f"{at}: an unknown secret")
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            expect(source in volumes or (ROOT / source).exists(), f"{at}: no volume or file {source}")
        if service.get("build"):
            expect(service.get("read_only") is True, f"{at}: its root can be written")
            expect(service.get("cap_drop") == ["ALL"], f"{at}: it keeps capabilities")
        for key, value in (service.get("environment") or {}).items():
            if re.search(r"PASSWORD|SECRET|AUTH", key) and not re.search(r"_FILE$|AUTHORIZATION", key):
                expect(re.fullmatch(r"\$\{\w+:\?[^}]+\}", str(value)), f"{at}: {key} has a value by default")
    made = (ROOT / "secrets.sh").read_text()
    for name, secret in secrets.items():
        expect(pathlib.Path(secret["file"]).name in made, f"secrets.sh does not make {name}")
    upstream = (ROOT / "nginx.container.conf").read_text()
    replicas = {name for name in services if name.startswith("replica-")}
    expect(set(re.findall(r"server (replica-\d+):7777", upstream)) == replicas, "nginx does not know every replica")


def kubernetes() -> None:
    for document in yaml.safe_load_all((ROOT / "kubernetes/datafyme.yaml").read_text()):
        name = f"{document['kind']} {document['metadata']['name']}"
        try:
            kubernetes_validate.validate(document, KUBERNETES, strict=True)
        except kubernetes_validate.ValidationError as error:
            wrong.append(f"{name}: {error.message} at {list(error.path)}")
        except kubernetes_validate.SchemaNotFoundError:
            wrong.append(f"{name}: no such kind in Kubernetes {KUBERNETES}")
        if document["kind"] != "Deployment":
            continue
        pod = document["spec"]["template"]["spec"]
        labels = document["spec"]["template"]["metadata"]["labels"]
        expect(document["spec"]["selector"]["matchLabels"].items() <= labels.items(), f"{name}: selects other pods")
        expect(pod["securityContext"].get("runAsNonRoot") is True, f"{name}: may run as root")
        known = {volume["name"] for volume in pod["volumes"]}
        for container in pod["containers"]:
            at = f"{name}, {container['name']}"
            closed = container["securityContext"]
            expect(closed.get("readOnlyRootFilesystem") is True, f"{at}: its root can be written")
            expect(closed.get("allowPrivilegeEscalation") is False, f"{at}: it may gain privileges")
            expect("readinessProbe" in container, f"{at}: nothing says whether it is ready")
            expect("memory" in container["resources"]["limits"], f"{at}: no limit of memory")
            expect({m["name"] for m in container["volumeMounts"]} <= known, f"{at}: mounts an unknown volume")
            ports = {port["name"] for port in container.get("ports", [])}
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                action = container.get(probe, {})
                port = (action.get("httpGet") or action.get("tcpSocket") or {}).get("port")
                expect(port is None or port in ports, f"{at}: {probe} asks an unknown port")
    for name in yaml.safe_load((ROOT / "kubernetes/kustomization.yaml").read_text())["resources"]:
        expect((ROOT / "kubernetes" / name).is_file(), f"kustomization.yaml: no file {name}")


def dockerfile() -> None:
    text = (ROOT / "Dockerfile").read_text()
    last = text.rsplit("\nFROM ", 1)[1]
    user = re.search(r"^USER (\S+)", last, re.M)
    expect(user and not user.group(1).startswith(("0", "root")), "Dockerfile: the last stage runs as root")
    expect("HEALTHCHECK" in last, "Dockerfile: nothing says whether it is well")
    expect(all(":" in image for image in re.findall(r"^FROM (\S+)", text, re.M)), "Dockerfile: an image without a version")
    root = ROOT.parent
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M):
        for path in source.split():
            expect((root / path).exists(), f"Dockerfile: no {path}")


compose()
kubernetes()
dockerfile()
for what in wrong:
    print(f"error: {what}", file=sys.stderr)
sys.exit(1 if wrong else 0)
