"""Is pip's choice of index passed on to uv, and uv's own choice left alone?"""

from requirements.machine_index import assignments, settings_of_pip

# What `pip config list` prints on a machine with a mirror for everybody and one setting of the environment.
LISTING = """\
:env:.cert='/etc/ssl/mirror.pem'
global.extra-index-url='https://one.example/simple https://two.example/simple'
global.index-url='https://mirror.example/simple'
global.timeout='60'
install.index-url='https://install.example/simple'
"""


def test_the_setting_closest_to_the_command_wins():
    assert settings_of_pip(LISTING) == {
        "cert": ["/etc/ssl/mirror.pem"],
        "extra-index-url": ["https://one.example/simple", "https://two.example/simple"],
        "index-url": ["https://install.example/simple"],
    }


def test_each_setting_becomes_uvs_own_word_for_it():
    assert assignments(settings_of_pip(LISTING), {}) == [
        "export UV_DEFAULT_INDEX=https://install.example/simple",
        "export UV_INDEX='https://one.example/simple https://two.example/simple'",
        "export SSL_CERT_FILE=/etc/ssl/mirror.pem",
    ]


def test_several_folders_of_wheels_are_parted_as_uv_parts_them():
    assert assignments({"find-links": ["/one", "/two"]}, {}) == ["export UV_FIND_LINKS=/one,/two"]


def test_what_was_said_to_uv_is_left_alone():
    said = {"UV_DEFAULT_INDEX": "https://mine.example/simple"}
    assert assignments({"index-url": ["https://pip.example/simple"]}, said) == []


def test_a_value_cannot_run_as_a_command():
    assert assignments({"index-url": ["$(reboot)"]}, {}) == ["export UV_DEFAULT_INDEX='$(reboot)'"]


def test_a_machine_without_settings_changes_nothing():
    assert assignments(settings_of_pip(""), {}) == []
