"""Every sentence a visitor reads, in English, Japanese and Korean."""

from __future__ import annotations

from typing import Literal

from demos.admin.words import ADMIN
from demos.chimera.names import DRAWINGS, PARTS
from demos.shared.errors import ERRORS
from pipelines.common.errors import MESSAGES, StudioError

Language = Literal["en", "ja", "ko"]
LANGUAGES: dict[str, str] = {"en": "English", "ja": "日本語", "ko": "한국어"}
Sentences = dict[str, str]

# key: English, Japanese, Korean
PAGE: dict[str, tuple[str, str, str]] = {
    "title": ("Chimera Studio", "キメラ・スタジオ", "키메라 스튜디오"),
    "tagline": (
        "Play with generative models: draw, press, see what they make of it.",
        "生成モデルで遊ぼう。描いて、押して、何ができるか見てみよう。",
        "생성 모델과 놀아 보세요. 그리고, 누르고, 무엇이 나오는지 보세요.",
    ),
    "language": ("Language", "言語", "언어"),
    "theme": ("◐ Light / dark", "◐ 明 / 暗", "◐ 밝게 / 어둡게"),
    "tab_chimera": ("Chimera", "キメラ", "키메라"),
    "tab_colorize": ("Colorize", "カラー化", "컬러화"),
    "tab_made": ("How was it made?", "作り方を調べる", "어떻게 만들었나?"),
    # chimera
    "chimera_intro": (
        "Draw an animal that never was. A network that has seen photographs of animals gives your lines fur and light.",
        "どこにもいない動物を描いてください。動物の写真で学習したネットワークが、線に毛並みと光を与えます。",
        "세상에 없는 동물을 그려 보세요. 동물 사진을 배운 네트워크가 선에 털과 빛을 입힙니다.",
    ),
    "draw": ("Draw", "描く", "그리기"),
    "picture": ("Use a picture", "画像を使う", "사진 사용"),
    "pad": ("Your drawing", "あなたの絵", "나의 그림"),
    "start_from": ("Or start from one of our drawings", "用意された絵から始める", "준비된 그림으로 시작하기"),
    "upload": (
        "Photo or drawing: PNG, JPEG, WebP, HEIC, up to 30 MB",
        "写真または絵(PNG、JPEG、WebP、HEIC、30 MBまで)",
        "사진 또는 그림 (PNG, JPEG, WebP, HEIC, 최대 30 MB)",
    ),
    "uploaded": ("Your picture", "あなたの画像", "나의 사진"),
    "paint": ("Bring it to life", "命を吹き込む", "생명을 불어넣기"),
    "live": ("Paint while I draw", "描きながら塗る", "그리는 동안 칠하기"),
    "cancel": ("Cancel", "中止", "취소"),
    "kind": ("Treat it as", "入力の種類", "입력 종류"),
    "kind_auto": ("decide for me", "おまかせ", "자동"),
    "kind_drawing": ("drawing", "絵", "그림"),
    "kind_photo": ("photograph", "写真", "사진"),
    "sensitivity": ("Lines", "線の量", "선의 양"),
    "sensitivity_info": (
        "Fewer to the left, more to the right.",
        "左で少なく、右で多く。",
        "왼쪽은 적게, 오른쪽은 많이.",
    ),
    "detector": ("Lines of a photograph are found by", "写真の線の見つけ方", "사진의 선을 찾는 방법"),
    "detector_learned": ("a network", "ネットワーク", "네트워크"),
    "detector_canny": ("Canny", "Canny法", "캐니(Canny)"),
    "weights": ("Made by", "作るモデル", "만드는 모델"),
    "weights_info": (
        "pix2pix is the published form, to compare: furs, ink and background do nothing there.",
        "pix2pixは比較用の発表どおりの方式で、毛並み・線の濃さ・背景の設定は効きません。",
        "pix2pix는 비교를 위한 발표된 방식이며, 털·선의 진하기·배경 설정은 쓰이지 않습니다.",
    ),
    "generator_chimera": ("Chimera", "キメラ", "키메라"),
    "generator_pix2pix": ("pix2pix with LSGAN", "pix2pix(LSGAN)", "pix2pix (LSGAN)"),
    "furs": ("Furs", "毛並み", "털"),
    "look": ("Colours", "色", "색"),
    "look_natural": ("natural", "自然", "자연스럽게"),
    "look_wild": ("wild", "奔放", "자유롭게"),
    "look_own": ("those of my picture", "画像の色のまま", "내 그림의 색"),
    "fur": (
        "Fur of this photo instead (a crop of fur suffices)",
        "この写真の毛並みを使う(毛の部分だけでも可)",
        "이 사진의 털을 사용 (털 부분만 있어도 됩니다)",
    ),
    "toward": ("Towards seed", "近づけるシード", "다가갈 시드"),
    "share": ("How far", "どこまで", "어디까지"),
    "second": ("A second fur", "二つめの毛並み", "두 번째 털"),
    "second_info": (
        "Click on the lines where it begins.",
        "線の画像で、始まる場所をクリックしてください。",
        "선 그림에서 시작할 곳을 누르세요.",
    ),
    "second_none": ("none", "なし", "없음"),
    "second_seed": ("of a seed", "シードから", "시드에서"),
    "second_photo": ("of a photo", "写真から", "사진에서"),
    "other_seed": ("Its seed", "そのシード", "그 시드"),
    "reach": ("How large", "広さ", "넓이"),
    "other_fur": ("Its photo", "その写真", "그 사진"),
    "ground": ("Lay it on", "背景", "배경"),
    "ground_white": ("white", "白", "흰색"),
    "ground_paper": ("paper", "紙", "종이"),
    "ground_transparent": ("nothing", "透明", "투명"),
    "ground_color": ("a colour", "色", "색"),
    "ground_photo": ("my photo", "自分の写真", "내 사진"),
    "plain_color": ("Colour", "色", "색"),
    "behind": ("Photo to lay it on", "背景にする写真", "배경으로 쓸 사진"),
    "ink": ("Ink", "線の濃さ", "선의 진하기"),
    "ink_info": (
        "How strongly your lines show as creases.",
        "描いた線をどれだけ残すか。",
        "그린 선을 얼마나 남길지.",
    ),
    "detector_auto": ("what suits it", "おまかせ", "자동"),
    "download_cutout": ("Download PNG, cut out", "切り抜きPNGを保存", "오려 낸 PNG 저장"),
    "trace": ("Trace a photograph", "写真をなぞる", "사진 따라 그리기"),
    "untrace": ("Take it away", "下の写真を外す", "사진 치우기"),
    "build": ("Build", "組み立てる", "조립하기"),
    "builder_hint": (
        "Choose heads, bodies, tails and wings below, and drag them.",
        "下から頭、胴、尾、翼を選んで、動かしてください。",
        "아래에서 머리, 몸통, 꼬리, 날개를 고르고 끌어 보세요.",
    ),
    "builder_larger": ("Larger", "大きく", "크게"),
    "builder_smaller": ("Smaller", "小さく", "작게"),
    "builder_turn_left": ("Turn left", "左に回す", "왼쪽으로 돌리기"),
    "builder_turn_right": ("Turn right", "右に回す", "오른쪽으로 돌리기"),
    "builder_mirror": ("Mirror", "左右反転", "좌우 뒤집기"),
    "builder_to_front": ("To the front", "最前面へ", "맨 앞으로"),
    "builder_remove": ("Remove", "取り除く", "빼기"),
    "builder_surprise": ("Surprise me", "おまかせ", "아무거나"),
    "builder_start_over": ("Start over", "最初から", "처음부터"),
    "builder_to_pad": ("Go on drawing on it", "この上に描き足す", "이 위에 이어 그리기"),
    "keep_this": ("Keep to compare", "比較用に残す", "비교용으로 두기"),
    "beside": ("Left of the handle", "つまみの左", "손잡이 왼쪽"),
    "beside_lines": ("lines", "線", "선"),
    "beside_kept": ("kept picture", "残した絵", "둔 그림"),
    "count": ("Variants", "枚数", "장수"),
    "seed": ("Seed", "シード", "시드"),
    "seed_info": (
        "The same seed paints the same picture again.",
        "同じシードなら同じ絵になります。",
        "같은 시드는 같은 그림을 다시 만듭니다.",
    ),
    "randomise": ("Random", "ランダム", "무작위"),
    "new_seed": ("New seed each time", "毎回シードを変える", "매번 새 시드"),
    "options": ("Options", "詳細設定", "옵션"),
    "edges": ("Lines it will use", "使われる線", "사용할 선"),
    "result": ("Drag the handle to compare", "つまみを動かして見比べる", "손잡이를 움직여 비교하세요"),
    "variants": (
        "Furs: choose one, and go on drawing in it",
        "毛並み(選ぶと、その毛並みで描き続けられます)",
        "털 (하나를 고르면 그 털로 이어 그립니다)",
    ),
    "mine": ("Your pictures of this visit", "今回作った絵", "이번에 만든 그림"),
    "keep_provenance": (
        "Write into the files how they were made",
        "作り方をファイルに書き込む",
        "만든 방법을 파일에 기록",
    ),
    "taken_as_drawing": ("Taken for a drawing.", "絵として扱いました。", "그림으로 처리했습니다."),
    "taken_as_photo": ("Taken for a photograph.", "写真として扱いました。", "사진으로 처리했습니다."),
    # colorize
    "color_intro": (
        "Drop in a grey photograph, old and scratched or large, and get it back in colour, as sharp as it was.",
        "白黒写真を入れてください。古くて傷んだものでも大きなものでも、元の鮮明さのまま色が付きます。",
        "흑백 사진을 넣어 보세요. 오래되고 긁힌 사진도 큰 사진도 원래의 선명함 그대로 색이 입혀집니다.",
    ),
    "color_note": (
        "**Colours are guessed.** The network has seen where such colours usually are; what they really were, it "
        "cannot know.",
        "**色は推測です。** ネットワークは「たいていこの色」を学んだだけで、本当の色は分かりません。",
        "**색은 추측입니다.** 네트워크는 흔히 어떤 색인지 배웠을 뿐, 실제 색은 알 수 없습니다.",
    ),
    "color_hide": ("Hide", "閉じる", "숨기기"),
    "color_upload": (
        "Photographs, one or several: PNG, JPEG, WebP, HEIC, up to 30 MB each",
        "写真(複数可。PNG、JPEG、WebP、HEIC、各30 MBまで)",
        "사진 (여러 장 가능. PNG, JPEG, WebP, HEIC, 각 30 MB까지)",
    ),
    "color_examples": (
        "Or try one of these, shown here without their colours",
        "または次の写真で試す(色を抜いてあります)",
        "또는 이 사진으로 해 보기 (색을 뺀 것)",
    ),
    # what the examples show, by their files' names in scikit-image
    "photograph_camera": ("Photographer", "写真家", "사진가"),
    "photograph_chelsea": ("Chelsea the cat", "猫のチェルシー", "고양이 첼시"),
    "photograph_astronaut": ("Eileen Collins", "アイリーン・コリンズ", "아일린 콜린스"),
    "photograph_coffee": ("Coffee", "コーヒー", "커피"),
    "photograph_rocket": ("Rocket", "ロケット", "로켓"),
    "color_credits": (
        "From scikit-image. {named}",
        "scikit-imageに付属する写真です。{named}",
        "scikit-image에 들어 있는 사진입니다. {named}",
    ),
    "color_setting": ("Setting", "設定", "설정"),
    "color_setting_info": (
        "Faithful keeps to what is likely; vivid dares more.",
        "「忠実」はありそうな色にとどめ、「鮮やか」はもう少し大胆に。",
        "충실하게는 있을 법한 색만, 선명하게는 더 대담하게.",
    ),
    "color_faithful": ("faithful", "忠実", "충실하게"),
    "color_vivid": ("vivid", "鮮やか", "선명하게"),
    "color_strength": ("Saturation", "彩度", "채도"),
    "color_strength_info": ("0 is grey, 1 as guessed.", "0は白黒、1は推測のまま。", "0은 흑백, 1은 추측한 그대로."),
    "color_guesses": ("Guess", "推測", "추측"),
    "color_guesses_info": (
        "Several guesses, mirrored and at other sizes, averaged: steadier and paler.",
        "左右反転や別の大きさでの推測を平均すると、安定しますが淡くなります。",
        "좌우 반전하거나 크기를 바꾼 추측을 평균하면 안정되지만 옅어집니다.",
    ),
    "color_one": ("once", "1回", "한 번"),
    "color_averaged": ("several, averaged", "複数回の平均", "여러 번의 평균"),
    "color_grey": ("grey", "白黒", "흑백"),
    "color_original": ("as it came", "元の画像", "원본"),
    "color": ("Colour it at full size", "元の大きさで色を付ける", "원래 크기로 색 입히기"),
    "color_download": (
        "Download PNG, or a zip of several",
        "PNG(複数ならzip)を保存",
        "PNG 저장 (여러 장이면 zip)",
    ),
    "color_had": (
        "This picture had colours already: they were left out, and guessed anew.",
        "この画像にはもともと色がありました。いったん白黒にしてから推測しています。",
        "이 사진에는 이미 색이 있었습니다. 흑백으로 바꾼 뒤 새로 추측했습니다.",
    ),
    "color_preview": (
        "A preview; the button makes all {width} x {height} pixels.",
        "プレビューです。ボタンを押すと{width} x {height}ピクセルすべてに色が付きます。",
        "미리보기입니다. 버튼을 누르면 {width} x {height}픽셀 전체에 색을 입힙니다.",
    ),
    # provenance
    "made_intro": (
        "Drop a PNG made here and read how to make it again.",
        "ここで作ったPNGを入れると、作り方が読めます。",
        "여기서 만든 PNG를 넣으면 만든 방법을 볼 수 있습니다.",
    ),
    "made_file": ("PNG made here", "ここで作ったPNG", "여기서 만든 PNG"),
    "made_json": ("How it was made", "作り方", "만든 방법"),
    # for the page itself
    "unexpected": (
        "Something went wrong here, not with what you did. Try again; your work is still on the page.",
        "こちらで問題が起きました。あなたの操作のせいではありません。もう一度お試しください。作業内容は残っています。",
        "저희 쪽에서 문제가 생겼습니다. 사용자 잘못이 아닙니다. 다시 시도해 주세요. 작업은 그대로 남아 있습니다.",
    ),
}

PAGE |= ADMIN


def say(key: str, language: str) -> str:
    """Return a sentence of the page; an unknown language means English."""
    return PAGE[key][index_of(language)]


def drawing_name(name: str, language: str) -> str:
    """Return what one of our drawings shows."""
    return DRAWINGS[name][index_of(language)]


def part_name(name: str, language: str) -> str:
    """Return what a part of the builder is."""
    return PARTS[name][index_of(language)]


def explain(error: StudioError, language: str) -> str:
    """Return an error as a sentence with a capital and a full stop."""
    position = index_of(language)
    if position == 0:
        sentence = MESSAGES[error.code].format(**error.values)
        sentence = sentence[:1].upper() + sentence[1:]
        return sentence if sentence.endswith(".") else sentence + "."
    values = dict(error.values)
    if error.code == "job_not_possible":
        values["status"] = say(f"status_{values['status']}", language)
        values["wanted"] = say(f"jobs_do_{values['wanted']}", language)
    return ERRORS[error.code][position - 1].format(**values)


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
