"""A value for each `format` of JSON Schema that is enforced."""

from collections.abc import Mapping

VALUES: Mapping[str, str] = {
    "date": "2024-01-31",
    "date-time": "2024-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "PT1H",
    "email": "reader@example.com",
    "idn-email": "reader@example.com",
    "hostname": "example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/apple",
    "iri": "https://example.com/apple",
    "uri-reference": "/apple",
    "iri-reference": "/apple",
    "uri-template": "/apple/{id}",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "json-pointer": "/apple",
    "relative-json-pointer": "0/apple",
    "regex": "^apple$",
}
