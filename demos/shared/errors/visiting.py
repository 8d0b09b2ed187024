"""Errors that who plays may read, by code, in Japanese and Korean."""

from __future__ import annotations

VISITING: dict[str, tuple[str, str]] = {
    "image_empty": ("ファイルが空です。", "파일이 비어 있습니다."),
    "image_too_many_bytes": (
        "ファイルが{given_mb} MBあります。{allowed_mb} MBまでなので、小さくしてください。",
        "파일이 {given_mb} MB입니다. {allowed_mb} MB까지이므로 줄여 주세요.",
    ),
    "image_too_many_pixels": (
        "画像が{given_mp}メガピクセルあります。{allowed_mp}までなので、縮小してください。",
        "사진이 {given_mp}메가픽셀입니다. {allowed_mp}까지이므로 줄여 주세요.",
    ),
    "image_too_many_scans": (
        "このJPEGにはスキャンが{given}回あります。{allowed}回までなので、ベースライン形式で保存し直してください。",
        "이 JPEG에는 스캔이 {given}번 있습니다. {allowed}번까지이므로 베이스라인 형식으로 저장하세요.",
    ),
    "image_too_small": (
        "画像が{width} x {height}ピクセルしかありません。各辺{allowed}以上必要です。",
        "사진이 {width} x {height}픽셀입니다. 각 변이 {allowed} 이상이어야 합니다.",
    ),
    "image_unreadable": (
        "読み取れない画像です。PNG、JPEG、WebP、HEIC、TIFF、BMPを使ってください。",
        "읽을 수 없는 사진입니다. PNG, JPEG, WebP, HEIC, TIFF, BMP를 사용하세요.",
    ),
    "image_truncated": (
        "画像が壊れているか途中で切れています。もう一度保存するか送ってください。",
        "사진이 손상되었거나 잘렸습니다. 다시 저장하거나 보내 주세요.",
    ),
    "presses_waiting": (
        "前に頼んだ絵をまだ作っています。約{seconds}秒後にもう一度お試しください。",
        "앞서 부탁한 그림을 아직 만들고 있습니다. 약 {seconds}초 뒤에 다시 시도하세요.",
    ),
    "visitors_waiting": (
        "待っている人が多すぎます。約{seconds}秒後にもう一度お試しください。",
        "기다리는 사람이 너무 많습니다. 약 {seconds}초 뒤에 다시 시도하세요.",
    ),
    "drawing_empty": (
        "まだ塗るものがありません。線を何本か描くか、画像を選んでください。",
        "아직 칠할 것이 없습니다. 선을 몇 개 그리거나 사진을 고르세요.",
    ),
    "nothing_to_keep": (
        "まだ残す絵がありません。先に何か描いてください。",
        "아직 둘 그림이 없습니다. 먼저 무언가를 그리세요.",
    ),
    "strength_too_small": (
        "{steps}ステップでは強さ{given}だと1歩も進みません。強さを{low}以上にするか、ステップ数を増やしてください。",
        "{steps}단계에서 강도 {given}(으)로는 한 단계도 나아가지 않습니다. 강도를 {low} 이상으로 하거나 "
        "단계 수를 늘리세요.",
    ),
    "too_many_files": (
        "一度に{given}個は多すぎます。{allowed}個まで選んでください。",
        "한 번에 {given}개는 너무 많습니다. {allowed}개까지 고르세요.",
    ),
    "files_bad": (
        "{count}個のうち{given}個のファイルが使えませんでした。",
        "파일 {count}개 중 {given}개를 쓸 수 없었습니다.",
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
    "argument_not_whole": (
        "{name}は{low}から{high}までの整数です({given}は使えません)。",
        "{name}은(는) {low}부터 {high}까지의 정수입니다 ({given}은(는) 쓸 수 없습니다).",
    ),
    "argument_unknown": (
        "{name}は{allowed}のどれかです({given}は使えません)。",
        "{name}은(는) {allowed} 중 하나입니다 ({given}은(는) 쓸 수 없습니다).",
    ),
    "color_unknown": (
        "{given}は色ではありません。#rrggbbの形で書いてください。",
        "{given}은(는) 색이 아닙니다. #rrggbb 형식으로 쓰세요.",
    ),
    "prompt_too_long": (
        "文が長すぎます。読み取れるのは約{allowed}語までです。",
        "글이 너무 깁니다. 약 {allowed}단어까지 읽을 수 있습니다.",
    ),
    "style_missing": ("まず画風を選ぶか、書いてください。", "먼저 화풍을 고르거나 쓰세요."),
    "too_many_lines": (
        "一度に{given}種類の画風は多すぎます。{allowed}種類まで描けます。",
        "한 번에 화풍 {given}개는 너무 많습니다. {allowed}개까지 그릴 수 있습니다.",
    ),
    "too_many_tasks": (
        "バッファに入る課題は{allowed}件までです。空にするか、すでにある課題の名前にしてください。",
        "버퍼에는 과제를 {allowed}개까지 넣을 수 있습니다. 비우거나 이미 있는 이름을 쓰세요.",
    ),
    "memory_short": (
        "{name} には約{needed_gb} GBのメモリが必要ですが、空きは{free_gb} GBです。",
        "{name}에는 메모리 약 {needed_gb} GB가 필요한데, {free_gb} GB가 비어 있습니다.",
    ),
    "buffer_empty": (
        "バッファは空です。まず潜在表現を入れてください。",
        "버퍼가 비어 있습니다. 먼저 잠재 표현을 넣으세요.",
    ),
    "buffer_of_another": (
        "{name} の潜在表現は別のモデルのもので、復号できません。",
        "{name}의 잠재 표현은 다른 모델의 것이라 복호할 수 없습니다.",
    ),
    "buffer_unreadable": (
        "{name} は読み取れる潜在表現のバッファではありません。",
        "{name}은(는) 읽을 수 있는 잠재 표현 버퍼가 아닙니다.",
    ),
    "request_unusable": (
        "このページからの送信ではないようです。ページを再読み込みして、もう一度お試しください。",
        "이 페이지에서 보낸 것이 아닙니다. 페이지를 새로 고친 뒤 다시 시도하세요.",
    ),
    "file_not_found": ("{given}というファイルがありません。", "{given} 파일이 없습니다."),
    "provenance_unreadable": (
        "この画像の作り方の記録は読み取れません。ここでダウンロードしたままのファイルを使ってください。",
        "이 그림의 제작 기록을 읽을 수 없습니다. 여기서 내려받은 파일을 그대로 사용하세요.",
    ),
    "provenance_missing": ("この画像には作り方の記録がありません。", "이 그림에는 만든 방법이 기록되어 있지 않습니다."),
}
