"""Sentences in English, Japanese and Korean: scopes of them, one a tab, and what all tabs share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "ja", "ko"]
LANGUAGES: dict[str, str] = {"en": "English", "ja": "日本語", "ko": "한국어"}
Sentence = tuple[str, str, str]  # English, Japanese, Korean


@dataclass(frozen=True, eq=False)
class Scope:
    """The sentences of one tab by key; what it lacks is looked up among those that all tabs share.

    Attributes:
        name: of the tab.
        sentences: its own.
        prefix: with which the ids of its tab's components begin; "" where its keys begin so already.
    """

    name: str
    sentences: Mapping[str, Sentence]
    prefix: str = ""

    def __call__(self, key: str, language: str) -> str:
        """Return a sentence; an unknown language means English."""
        own = self.sentences.get(key)
        return (SHARED[key] if own is None else own)[index_of(language)]

    def choices(self, *pairs: tuple[str, str]) -> Callable[[str], list[tuple[str, str]]]:
        """Return choices of (key of the label, value) as a function of the language."""
        return lambda language: [(self(key, language), value) for key, value in pairs]

    def starting(self, beginning: str, language: str) -> dict[str, str]:
        """Return the scope's own sentences whose keys begin so, by the rest of the key."""
        keys = (key for key in self.sentences if key.startswith(beginning))
        return {key.removeprefix(beginning): self(key, language) for key in keys}


def index_of(language: str) -> int:
    """Return a language's column."""
    return list(LANGUAGES).index(language) if language in LANGUAGES else 0


def preferred_language(accept_language: str | None) -> str:
    """Return the first language of an ``Accept-Language`` header that the page speaks, English where none is."""
    weighted = []
    for position, part in enumerate((accept_language or "").split(",")[:20]):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        weighted.append((-weight, position, tag.split("-")[0].lower()))
    return next((tag for _, _, tag in sorted(weighted) if tag in LANGUAGES), "en")


SHARED: dict[str, Sentence] = {
    "title": ("Chimera Studio", "キメラ・スタジオ", "키메라 스튜디오"),
    "tagline": (
        "Play with generative models: draw, press, see what they make of it.",
        "生成モデルで遊ぼう。描いて、押して、何ができるか見てみよう。",
        "생성 모델과 놀아 보세요. 그리고, 누르고, 무엇이 나오는지 보세요.",
    ),
    "theme": ("◐ Light / dark", "◐ 明 / 暗", "◐ 밝게 / 어둡게"),
    "new_seed_info": (
        "The same seed paints the same picture again.",
        "同じシードなら同じ絵になります。",
        "같은 시드는 같은 그림을 다시 만듭니다.",
    ),
    "randomise": ("Random", "ランダム", "무작위"),
    "new_seed": ("New seed each time", "毎回シードを変える", "매번 새 시드"),
    "unexpected": (
        "Something went wrong here, not with what you did. Try again; your work is still on the page.",
        "こちらで問題が起きました。あなたの操作のせいではありません。もう一度お試しください。作業内容は残っています。",
        "저희 쪽에서 문제가 생겼습니다. 사용자 잘못이 아닙니다. 다시 시도해 주세요. 작업은 그대로 남아 있습니다.",
    ),
    "turn_waited_for": (
        "Pictures of others before yours: {ahead}, about {seconds} s",
        "ほかの人の絵があと{ahead}枚、約{seconds}秒",
        "다른 사람의 그림 {ahead}장 다음 차례, 약 {seconds}초",
    ),
    "fewer_pictures": (
        "Many visitors are here now, so that {made} of {wanted} variants were made. Press again later for more.",
        "いま多くの人が使っているため、{wanted}枚のうち{made}枚を作りました。あとでもう一度押すと増やせます。",
        "지금 많은 사람이 쓰고 있어 {wanted}장 중 {made}장을 만들었습니다. 나중에 다시 누르면 더 만듭니다.",
    ),
    "live_left_out": (
        "Many visitors are here now: the picture does not follow each stroke, but the button makes it.",
        "いま多くの人が使っているため、一筆ごとには描きません。ボタンを押すと絵を作ります。",
        "지금 많은 사람이 쓰고 있어 획마다 그리지는 않습니다. 버튼을 누르면 그림을 만듭니다.",
    ),
    # Gradio's own, which follow the browser and not the switch.
    "gradio_drop": ("Drop a file here", "ここにファイルをドロップ", "여기에 파일을 놓기"),
    "gradio_or": ("- or -", "- または -", "- 또는 -"),
    "gradio_click": ("Click to upload", "クリックして選ぶ", "클릭하여 선택"),
    "said_compare": ("Left against right picture", "左右の絵の境目", "왼쪽과 오른쪽 그림의 경계"),
    "said_pause": ("Stop the animation", "アニメーションを止める", "애니메이션 멈추기"),
    "said_play": ("Play the animation", "アニメーションを再生", "애니메이션 재생"),
    "gradio_lost": (
        "Connection to the server was lost. Attempting reconnection...",
        "サーバーとの接続が切れました。つなぎ直しています…",
        "서버와 연결이 끊겼습니다. 다시 연결하는 중…",
    ),
    "gradio_error": ("Error", "エラー", "오류"),
    "gradio_warning": ("Please note", "ご注意", "알림"),
    "gradio_info": ("Info", "お知らせ", "안내"),
    "jobs_do_delete": ("Delete", "削除", "삭제"),
    "status_queued": ("queued", "待機中", "대기 중"),
    "status_interrupted": ("interrupted", "中断", "중단됨"),
    "status_failed": ("failed", "失敗", "실패"),
    "share_picture": ("Share", "共有", "공유"),
    "share_done": ("Shared.", "共有しました。", "공유했습니다."),
    "share_copied": (
        "The picture is copied: paste it where you like.",
        "絵をコピーしました。好きな所に貼り付けてください。",
        "그림을 복사했습니다. 원하는 곳에 붙여 넣으세요.",
    ),
    "share_refused": (
        "This browser cannot share pictures: download it instead.",
        "このブラウザーでは共有できません。保存してください。",
        "이 브라우저에서는 공유할 수 없습니다. 저장해 주세요.",
    ),
    "share_nothing": (
        "There is nothing to share yet: make a picture first.",
        "共有するものがまだありません。先に絵を作ってください。",
        "아직 공유할 것이 없습니다. 먼저 그림을 만드세요.",
    ),
    "options": ("Options", "詳細設定", "옵션"),
    "seed": ("Seed", "シード", "시드"),
    "result": ("Drag the handle to compare", "つまみを動かして見比べる", "손잡이를 움직여 비교하세요"),
    "beside": ("Left of the handle", "つまみの左", "손잡이 왼쪽"),
    "status_running": ("running", "実行中", "실행 중"),
    "cancel": ("Cancel", "中止", "취소"),
    "jobs_do_resume": ("Resume", "再開", "다시 시작"),
    "jobs_do_promote": ("Make it live", "公開する", "적용하기"),
    "jobs_do_stop": ("Stop and save", "保存して停止", "저장하고 멈추기"),
    "jobs_do_clone": ("Copy settings", "設定をコピー", "설정 복사"),
    "status_stopped": ("stopped", "停止", "멈춤"),
    "status_done": ("done", "完了", "완료"),
    "jobs_do_export": ("Download as zip", "zipで保存", "zip으로 저장"),
    "kept_now": (
        "Kept below, for as long as this page is open.",
        "このページを開いている間、下に残ります。",
        "이 페이지가 열려 있는 동안 아래에 남습니다.",
    ),
    "keep_provenance": (
        "Write into the files how they were made",
        "作り方をファイルに書き込む",
        "만든 방법을 파일에 기록",
    ),
    "jobs_do_push": (
        "Push to the Hub",
        "Hubにアップロード",
        "Hub에 올리기",
    ),
    "status_stopping": ("stopping", "停止中", "멈추는 중"),
    "jobs_do_evaluate": ("Evaluate beside live", "公開中と比べて評価", "적용 중인 것과 비교 평가"),
}

say = Scope("shared", SHARED)
