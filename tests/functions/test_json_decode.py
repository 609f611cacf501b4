import pytest

from tests.support.dialplan import value_of


@pytest.mark.parametrize(
    ("text", "arguments", "value"),
    [
        ('{"a":{"b":[1,{"c":"d"}]}}', "a.b.1.c", "d"), ('{"a":{"b":"x"}}', "a", '{"b":"x"}'),
        ('{"a":[1,2.5,"é",true,null]}', "a", '[1,2.5,"é",true,null]'), ('{"a":[1,2]}', "a.1", "2"),
        ('{"a":[1,2]}', "a.2", ""), ('{"a":[1,2]}', "a.-1", ""), ('{"a":[1,2]}', "a,,c", "2"),
        ('{"a":"x"}', "a,,c", "x"), ("[1,[2]]", "1.0", "2"), ('{"a":{"b":1}}', "a/b,/", "1"),
        ('{"a":false}', "a", "0"), ('{"a":0.1}', "a", "0.10000000000000001"), ('{"a":2.0}', "a", "2"),
        ('{"a":[2.0]}', "a", "[2.0]"), ('{"a":1}', "", ""), ("1", "a", ""), ('{"a":NaN}', "a", ""),
        ('{"a":99999999999999999999}', "a", ""), ('{"a":-9223372036854775808}', "a", "-9223372036854775808"),
        ('{"a":1} x', "a", ""), ('{"a":1,"a":2}', "a", "2"), ("[" * 5000, "a", ""),
        ('{"a":' + "9" * 6000 + "}", "a", ""), ('{"":1}', ".x", "1"),
    ],
)  # fmt: skip
def test_value(text: str, arguments: str, value: str) -> None:
    assert value_of(f"Set(j={text})", f"Set(R=${{JSON_DECODE(j,{arguments})}})") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'{"a":"\ud83d\ude00"}', "😀"),
        (r'{"a":"x","b":"\ud83d"}', ""),
        (r'{"a":"\ude00"}', ""),
        pytest.param('{"a":"\udcff"}', "", id="an octet that is no UTF-8"),
        (r'{"a":"é\u00e9"}', "éé"),
        ('{"a":' + "[" * 900 + "]" * 900 + "}", ""),
    ],
)
def test_what_is_no_text_is_no_json(text: str, value: str) -> None:
    assert value_of(f"Set(j={text})", "Set(R=${JSON_DECODE(j,a)})") == value
