"""Every sentence a visitor reads, in English, Japanese and Korean."""

from __future__ import annotations

from typing import Literal

from demos.text_admin import ADMIN
from pipelines.errors import MESSAGES, StudioError

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
        "Draw an animal that never was. A network trained on photographs of animals paints your lines.",
        "どこにもいない動物を描いてください。動物の写真で学習したネットワークが線に色を塗ります。",
        "세상에 없는 동물을 그려 보세요. 동물 사진으로 학습한 네트워크가 선을 칠합니다.",
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
    "weights": ("Painter", "描き手", "화가"),
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
    "background": ("Background", "背景色", "배경색"),
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
        "Moods of colour: choose one, and go on drawing in it",
        "色合い(選ぶと、その色合いで描き続けられます)",
        "색감 (하나를 고르면 그 색감으로 이어 그립니다)",
    ),
    "mine": ("Your pictures of this visit", "今回作った絵", "이번에 만든 그림"),
    "keep_provenance": (
        "Write into the files how they were made",
        "作り方をファイルに書き込む",
        "만든 방법을 파일에 기록",
    ),
    "download": ("Download PNG", "PNGを保存", "PNG 저장"),
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

# Names of the drawings that a visitor may start from; the keys are file names in examples/.
DRAWINGS: dict[str, tuple[str, str, str]] = {
    "chimera": ("Chimera", "キメラ", "키메라"),
    "griffin": ("Griffin", "グリフォン", "그리핀"),
    "pegasus": ("Pegasus", "ペガサス", "페가수스"),
    "kirin": ("Kirin", "麒麟", "기린(麒麟)"),
    "merhorse": ("Mermaid horse", "人魚馬", "인어 말"),
    "cerberus": ("Three-headed dog", "三つ頭の犬", "머리 셋 달린 개"),
    "jackalope": ("Antlered hare", "角のあるうさぎ", "뿔 달린 토끼"),
    "winged_cat": ("Winged cat", "翼のある猫", "날개 달린 고양이"),
    "elephant_fish": ("Elephant fish", "象魚", "코끼리 물고기"),
    "giraffe_bird": ("Giraffe bird", "キリン鳥", "기린 새"),
}

# What the example photographs show; the keys are the files' names in scikit-image.
PHOTOGRAPHS: dict[str, tuple[str, str, str]] = {
    "camera": ("Photographer", "写真家", "사진가"),
    "chelsea": ("Chelsea the cat", "猫のチェルシー", "고양이 첼시"),
    "astronaut": ("Eileen Collins", "アイリーン・コリンズ", "아일린 콜린스"),
    "coffee": ("Coffee", "コーヒー", "커피"),
    "rocket": ("Rocket", "ロケット", "로켓"),
}

# Parts of the creature builder; the keys are the builder's.
PARTS: dict[str, tuple[str, str, str]] = {
    "lion_head": ("Lion's head", "ライオンの頭", "사자 머리"),
    "goat_head": ("Goat's head", "ヤギの頭", "염소 머리"),
    "eagle_head": ("Eagle's head", "ワシの頭", "독수리 머리"),
    "horse_head": ("Horse's head", "馬の頭", "말 머리"),
    "cat_head": ("Cat's head", "猫の頭", "고양이 머리"),
    "dog_head": ("Dog's head", "犬の頭", "개 머리"),
    "elephant_head": ("Elephant's head", "象の頭", "코끼리 머리"),
    "giraffe_head": ("Giraffe's head", "キリンの頭", "기린 머리"),
    "hare_head": ("Hare's head", "うさぎの頭", "토끼 머리"),
    "bird_head": ("Bird's head", "鳥の頭", "새 머리"),
    "fish_head": ("Fish's head", "魚の頭", "물고기 머리"),
    "lion_body": ("Lion's body", "ライオンの胴", "사자 몸통"),
    "horse_body": ("Horse's body", "馬の胴", "말 몸통"),
    "dog_body": ("Dog's body", "犬の胴", "개 몸통"),
    "elephant_body": ("Elephant's body", "象の胴", "코끼리 몸통"),
    "hare_body": ("Hare's body", "うさぎの胴", "토끼 몸통"),
    "bird_body": ("Bird's body", "鳥の胴", "새 몸통"),
    "fish_body": ("Fish's body", "魚の胴", "물고기 몸통"),
    "snake_tail": ("Snake for a tail", "蛇の尾", "뱀 꼬리"),
    "lion_tail": ("Lion's tail", "ライオンの尾", "사자 꼬리"),
    "horse_tail": ("Horse's tail", "馬の尾", "말 꼬리"),
    "dog_tail": ("Dog's tail", "犬の尾", "개 꼬리"),
    "cat_tail": ("Cat's tail", "猫の尾", "고양이 꼬리"),
    "elephant_tail": ("Elephant's tail", "象の尾", "코끼리 꼬리"),
    "wing": ("Wing", "翼", "날개"),
    "antlers": ("Antlers", "枝角", "가지뿔"),
    "horn": ("Horn", "一本角", "외뿔"),
}

# Painters beside the usual one, by the end of their weights' name.
VARIANTS: dict[str, tuple[str, str, str]] = {
    "chimera": ("the best", "いちばん良いもの", "가장 좋은 것"),
    "chimera-lsgan": ("LSGAN", "LSGAN", "LSGAN"),
    "chimera-wgan": ("WGAN", "WGAN", "WGAN"),
    "chimera-wgan-gp": ("WGAN-GP", "WGAN-GP", "WGAN-GP"),
    "chimera-msgan": ("mode-seeking", "モード探索", "모드 탐색"),
}

# Errors by code; English comes from the library. A test keeps codes and placeholders in step.
ERRORS: dict[str, tuple[str, str]] = {
    "image_empty": ("ファイルが空です。", "파일이 비어 있습니다."),
    "image_too_many_bytes": (
        "ファイルが{given_mb} MBあります。{allowed_mb} MBまでなので、小さくしてください。",
        "파일이 {given_mb} MB입니다. {allowed_mb} MB까지이므로 줄여 주세요.",
    ),
    "image_too_many_pixels": (
        "画像が{given_mp}メガピクセルあります。{allowed_mp}までなので、縮小してください。",
        "사진이 {given_mp}메가픽셀입니다. {allowed_mp}까지이므로 줄여 주세요.",
    ),
    "image_too_small": (
        "画像が{width} x {height}ピクセルしかありません。各辺{allowed}以上必要です。",
        "사진이 {width} x {height}픽셀입니다. 각 변이 {allowed} 이상이어야 합니다.",
    ),
    "image_unreadable": (
        "読み取れない画像です。PNG、JPEG、WebP、HEICを使ってください。",
        "읽을 수 없는 사진입니다. PNG, JPEG, WebP, HEIC를 사용하세요.",
    ),
    "image_truncated": (
        "画像が壊れているか途中で切れています。もう一度保存するか送ってください。",
        "사진이 손상되었거나 잘렸습니다. 다시 저장하거나 보내 주세요.",
    ),
    "drawing_empty": (
        "まだ塗るものがありません。線を何本か描くか、画像を選んでください。",
        "아직 칠할 것이 없습니다. 선을 몇 개 그리거나 사진을 고르세요.",
    ),
    "nothing_to_keep": (
        "まだ残す絵がありません。先に何か描いてください。",
        "아직 둘 그림이 없습니다. 먼저 무언가를 그리세요.",
    ),
    "too_many_files": (
        "一度に{given}個は多すぎます。{allowed}個まで選んでください。",
        "한 번에 {given}개는 너무 많습니다. {allowed}개까지 고르세요.",
    ),
    "picture_missing": ("先に画像を選んでください。", "먼저 사진을 선택하세요."),
    "edges_empty": (
        "この画像には線が見つかりません。線の量を増やすか、もっとはっきりした画像を選んでください。",
        "이 사진에서 선을 찾지 못했습니다. 선의 양을 늘리거나 더 뚜렷한 사진을 고르세요.",
    ),
    "argument_out_of_range": (
        "{name}は{low}から{high}までです({given}は使えません)。",
        "{name}은(는) {low}부터 {high}까지입니다 ({given}은(는) 쓸 수 없습니다).",
    ),
    "argument_unknown": (
        "{name}は{allowed}のどれかです({given}は使えません)。",
        "{name}은(는) {allowed} 중 하나입니다 ({given}은(는) 쓸 수 없습니다).",
    ),
    "color_unknown": (
        "{given}は色ではありません。#rrggbbの形で書いてください。",
        "{given}은(는) 색이 아닙니다. #rrggbb 형식으로 쓰세요.",
    ),
    "weights_not_found": (
        "{name}という重みがありません。{allowed}、フォルダ、またはowner/modelの形のHub IDを使ってください。",
        "{name}(이)라는 가중치가 없습니다. {allowed}, 폴더, 또는 owner/model 형식의 Hub ID를 사용하세요.",
    ),
    "weights_incomplete": (
        "フォルダ{name}に{missing}がありません。重みはconfig.jsonとmodel.safetensorsの組です。",
        "폴더 {name}에 {missing}이(가) 없습니다. 가중치는 config.json과 model.safetensors입니다.",
    ),
    "weights_mismatch": (
        "{name}の重みがネットワークに合いません: {detail}",
        "{name}의 가중치가 네트워크와 맞지 않습니다: {detail}",
    ),
    "hub_token_missing": (
        "ここではHugging Face Hubにサインインしていません。HF_TOKENを設定するか、hf auth loginを実行してください。",
        "여기에서는 Hugging Face Hub에 로그인되어 있지 않습니다. HF_TOKEN을 설정하거나 hf auth login을 실행하세요.",
    ),
    "hub_repository_open": (
        "Hubのリポジトリ{given}は公開されています。非公開にするか、別のものを指定してください。",
        "Hub 저장소 {given}은(는) 공개되어 있습니다. 비공개로 바꾸거나 다른 것을 지정하세요.",
    ),
    "hub_refused": (
        "Hugging Face Hubが{name}を受け付けませんでした: {detail}",
        "Hugging Face Hub이 {name}을(를) 받지 않았습니다: {detail}",
    ),
    "hub_name": (
        "{given!r}はHubのリポジトリ名ではありません。owner/modelの形で書いてください。",
        "{given!r}은(는) Hub 저장소 이름이 아닙니다. owner/model 형식으로 쓰세요.",
    ),
    "hub_unreachable": (
        "{name}をHugging Face Hubから取得できません: {detail}",
        "{name}을(를) Hugging Face Hub에서 가져올 수 없습니다: {detail}",
    ),
    "device_unknown": (
        "この機械に{given}というデバイスはありません。使えるのは{allowed}です。",
        "이 기기에 {given} 장치가 없습니다. 사용할 수 있는 것: {allowed}.",
    ),
    "data_source_unknown": (
        "{given}はデータの指定として使えません。使えるのは{allowed}です。",
        "{given}은(는) 데이터 지정이 아닙니다. 사용할 수 있는 것: {allowed}.",
    ),
    "data_not_found": ("{given}には何もありません。", "{given}에 아무것도 없습니다."),
    "data_not_a_zip": ("{given}は読み取れるzipではありません。", "{given}은(는) 읽을 수 있는 zip이 아닙니다."),
    "data_no_images": (
        "{given}に使える画像がありません({skipped}枚を除外)。クラスごとのフォルダに画像を入れてください。",
        "{given}에 쓸 수 있는 사진이 없습니다 ({skipped}장 제외). 클래스마다 폴더 하나에 사진을 넣으세요.",
    ),
    "data_too_few": (
        "画像が{given}枚では足りません。{allowed}以上必要です。",
        "사진 {given}장은 부족합니다. {allowed} 이상 필요합니다.",
    ),
    "data_zip_unsafe": ("このzipは受け付けられません: {detail}", "이 zip은 받을 수 없습니다: {detail}"),
    "data_set_exists": (
        "{given}というデータセットがもうあります。別の名前にするか、それを削除してください。",
        "{given}(이)라는 데이터 세트가 이미 있습니다. 다른 이름을 쓰거나 그것을 삭제하세요.",
    ),
    "data_in_use": (
        "まだ終わっていないジョブが{given}で学習しています。先に停止してください。",
        "아직 끝나지 않은 작업이 {given}(으)로 학습하고 있습니다. 먼저 멈추세요.",
    ),
    "data_set_name": (
        "{given!r}はデータセットの名前にできません。英数字、-、_を64文字まで使ってください。",
        "{given!r}은(는) 데이터 세트 이름이 될 수 없습니다. 영문자, 숫자, -, _를 64자까지 쓰세요.",
    ),
    "upload_not_allowed": (
        "先に、これらの画像を使ってよいことを確認してください。",
        "먼저 이 사진들을 사용해도 된다고 확인해 주세요.",
    ),
    "upload_broken_off": (
        "送信が途中で切れました。何も保存していません。",
        "전송이 중간에 끊겼습니다. 아무것도 저장하지 않았습니다.",
    ),
    "system_unknown": (
        "{given}というシステムはありません。あるのは{allowed}です。",
        "{given}(이)라는 시스템이 없습니다. 있는 것: {allowed}.",
    ),
    "preset_unknown": (
        "{given}というプリセットはありません。あるのは{allowed}です。",
        "{given}(이)라는 프리셋이 없습니다. 있는 것: {allowed}.",
    ),
    "setting_invalid": ("{name}: {detail}", "{name}: {detail}"),
    "training_diverged": (
        "{step}ステップ目で{name}が{given}になりました。学習率を下げて再開してください。",
        "{step}단계에서 {name}이(가) {given}이(가) 되었습니다. 학습률을 낮추고 다시 시작하세요.",
    ),
    "run_is_another": (
        "{given}の学習は別の設定です({detail})。別のフォルダか同じ設定を選んでください。",
        "{given}의 학습은 다른 설정입니다 ({detail}). 다른 폴더나 같은 설정을 고르세요.",
    ),
    "run_is_busy": (
        "{given}では別の学習が進行中です。先にそれを止めてください。",
        "{given}에서 다른 학습이 진행 중입니다. 먼저 그것을 멈추세요.",
    ),
    "job_not_found": ("ジョブ{given}はありません。", "작업 {given}은(는) 없습니다."),
    "job_not_possible": (
        "ジョブ{job}は{status}なので、{wanted}はできません。",
        "작업 {job}은(는) {status} 상태라서 {wanted}할 수 없습니다.",
    ),
    "nothing_promoted": (
        "{given}には公開した重みがありません。同梱の重みが使われています。",
        "{given}에 적용한 가중치가 없습니다. 기본 가중치를 사용하고 있습니다.",
    ),
    "executor_unknown": (
        "{given}という実行方法はここにはありません。あるのは{allowed}です。",
        "{given}(이)라는 실행 방법은 여기에 없습니다. 있는 것: {allowed}.",
    ),
    "store_unusable": ("待ち行列{given}が使えません: {detail}", "대기열 {given}을(를) 쓸 수 없습니다: {detail}"),
    "run_not_found": ("{given}に学習の記録がありません。", "{given}에 학습 기록이 없습니다."),
    "tracker_missing": (
        "{given}が入っていません。pip install -r pipelines/requirements-train.txt を実行してください。",
        "{given}이(가) 설치되어 있지 않습니다. pip install -r pipelines/requirements-train.txt 를 실행하세요.",
    ),
    "package_missing": (
        "{given}が入っていません。pip install -r pipelines/requirements-train.txt を実行してください({detail})。",
        "{given}이(가) 없습니다. pip install -r pipelines/requirements-train.txt 를 실행하세요 ({detail}).",
    ),
    "disk_full": (
        "{given}を書く空きがディスクにありません。空きを作って再開してください。",
        "{given}을(를) 쓸 디스크 공간이 없습니다. 공간을 확보하고 다시 시작하세요.",
    ),
    "file_not_found": ("{given}というファイルがありません。", "{given} 파일이 없습니다."),
    "provenance_missing": (
        "この画像には作り方の記録がありません。",
        "이 그림에는 만든 방법이 기록되어 있지 않습니다.",
    ),
}


def say(key: str, language: str) -> str:
    """Return a sentence of the page; an unknown language means English."""
    return PAGE[key][index_of(language)]


def drawing_name(name: str, language: str) -> str:
    """Return what one of our drawings shows."""
    return DRAWINGS[name][index_of(language)]


def photograph_name(name: str, language: str) -> str:
    """Return what one of the example photographs shows."""
    return PHOTOGRAPHS[name][index_of(language)]


def part_name(name: str, language: str) -> str:
    """Return what a part of the builder is."""
    return PARTS[name][index_of(language)]


def variant_name(name: str, language: str) -> str:
    """Return what a painter is called; one without a name of its own by that of its weights."""
    return VARIANTS[name][index_of(language)] if name in VARIANTS else name


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
