"""Every error a visitor may read, in Japanese and Korean; English comes from the library."""

from __future__ import annotations

from demos.shared.words import index_of, say
from pipelines.common.errors import MESSAGES, StudioError

# By code. A test keeps codes and placeholders in step with the library's.
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
        "画像が{given}枚では足りません。{allowed}枚以上必要です。",
        "사진 {given}장은 부족합니다. {allowed}장 이상 필요합니다.",
    ),
    "data_less_than_a_batch": (
        "学習に使う画像が{given}枚しかなく、バッチサイズの{batch}枚に足りません。画像を増やすか、batch_sizeを減らしてください。",
        "학습용 사진이 {given}장뿐이라 한 배치의 {batch}장에 모자랍니다. 사진을 늘리거나 batch_size를 줄이세요.",
    ),
    "data_too_few_for_components": (
        "学習に使う画像が{given}枚では主成分を{components}個求められません。{least}枚以上にするか、componentsを減らしてください。",
        "학습용 사진 {given}장으로는 주성분 {components}개를 구할 수 없습니다. {least}장 이상으로 늘리거나 "
        "components를 줄이세요.",
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
    "uploads_full": (
        "今はファイルを置く空きがありません。数分後にもう一度お試しください。",
        "지금은 파일을 둘 공간이 없습니다. 몇 분 뒤에 다시 시도하세요.",
    ),
    "uploads_too_large": (
        "ファイルが合わせて{allowed_mb} MBを超えています。一度に送る数を減らしてください。",
        "파일이 모두 합쳐 {allowed_mb} MB를 넘습니다. 한 번에 더 적게 보내세요.",
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
    "port_taken": (
        "ポート{given}は使用中です。{name}を設定してください。",
        "포트 {given}은(는) 사용 중입니다. {name} 변수를 설정하세요.",
    ),
    "store_unusable": (
        "ジョブのデータベース{given}が使えません: {detail}",
        "작업 데이터베이스 {given}을(를) 쓸 수 없습니다: {detail}",
    ),
    "store_damaged": (
        "ジョブのデータベース{given}が壊れています({detail})。横にある-walと-shmのファイルとともに別の場所へ移すと、"
        "新しく作られます。",
        "작업 데이터베이스 {given}이(가) 손상되었습니다 ({detail}). 옆에 있는 -wal, -shm 파일과 함께 "
        "다른 곳으로 옮기면 새로 만들어집니다.",
    ),
    "store_locked": (
        "ジョブのデータベース{given}は別のプロセスに使われています。そのプロセスを終えるか、データベースを別の場所へ移して"
        "ください。移すと新しく作られます。",
        "작업 데이터베이스 {given}을(를) 다른 프로세스가 잠그고 있습니다. 그 프로세스를 끝내거나 데이터베이스를 "
        "다른 곳으로 옮기면 새로 만들어집니다.",
    ),
    "run_not_found": ("{given}に学習の記録がありません。", "{given}에 학습 기록이 없습니다."),
    "tracker_failed": (
        "学習の記録先{given}を使えません({detail})。",
        "학습 기록 도구 {given}을(를) 쓸 수 없습니다 ({detail}).",
    ),
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
    "provenance_unreadable": (
        "この画像の作り方の記録は読み取れません。ここでダウンロードしたままのファイルを使ってください。",
        "이 그림의 제작 기록을 읽을 수 없습니다. 여기서 내려받은 파일을 그대로 사용하세요.",
    ),
    "provenance_missing": ("この画像には作り方の記録がありません。", "이 그림에는 만든 방법이 기록되어 있지 않습니다."),
}


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
