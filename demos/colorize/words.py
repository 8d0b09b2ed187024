"""The sentences of the Colorize tab, in English, Japanese and Korean."""

from __future__ import annotations

from demos.shared.words import Scope

say = Scope(
    "colorize",
    {
        "tab": ("Colorize", "カラー化", "컬러화"),
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
            "Photographs, one or several: PNG, JPEG, WebP, HEIC, TIFF, BMP, up to 30 MB each",
            "写真(複数可。PNG、JPEG、WebP、HEIC、TIFF、BMP、各30 MBまで)",
            "사진 (여러 장 가능. PNG, JPEG, WebP, HEIC, TIFF, BMP, 각 30 MB까지)",
        ),
        "color_examples": (
            "Or try one of these, shown here without their colours",
            "または次の写真で試す(色を抜いてあります)",
            "또는 이 사진으로 해 보기 (색을 뺀 것)",
        ),
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
        "color_download": ("Download", "保存", "저장"),
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
    },
)
