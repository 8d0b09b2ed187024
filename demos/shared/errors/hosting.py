"""Errors that who hosts, trains or brings data and weights may read, by code, in Japanese and Korean."""

from __future__ import annotations

HOSTING: dict[str, tuple[str, str]] = {
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
    "data_set_incomplete": (
        "{given}には、torchvisionが保存する形の完全な{name}がありません。{inside}の入っているフォルダを指定してください。",
        "{given}에는 torchvision이 저장하는 형태의 온전한 {name}이(가) 없습니다. {inside}이(가) 들어 있는 폴더를 "
        "지정하세요.",
    ),
    "data_download_failed": (
        "{name}をダウンロードできません: {detail}",
        "{name}을(를) 다운로드할 수 없습니다: {detail}",
    ),
    "hub_data_missing": (
        "ここから読めるデータセット{name}はHugging Face Hubにありません。"
        "非公開のものや承認が必要なものにはHF_TOKENを設定してください。",
        "여기에서 읽을 수 있는 데이터 세트 {name}이(가) Hugging Face Hub에 없습니다. 비공개이거나 승인이 필요한 것에는 "
        "HF_TOKEN을 설정하세요.",
    ),
    "data_not_a_zip": ("{given}は読み取れるzipではありません。", "{given}은(는) 읽을 수 있는 zip이 아닙니다."),
    "data_no_images": (
        "{given}に使える画像がありません({skipped}枚を除外)。クラスごとのフォルダに画像を入れてください。",
        "{given}에 쓸 수 있는 사진이 없습니다 ({skipped}장 제외). 클래스마다 폴더 하나에 사진을 넣으세요.",
    ),
    "data_too_few": (
        "画像が{given}枚では足りません。{allowed}枚以上必要です。",
        "사진 {given}장은 부족합니다. {allowed}장 이상 필요합니다.",
    ),
    "data_alike": (
        "画像{given}枚がどれもほぼ同じです。評価用の画像に似たものは学習に使わないので、異なる画像が{allowed}枚以上必要です。",
        "사진 {given}장이 모두 거의 같습니다. 평가용 사진과 닮은 것은 학습에 쓰지 않으므로 서로 다른 사진이 "
        "{allowed}장 이상 필요합니다.",
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
        "{step}ステップ目で{name}が{given}になりました。学習率を下げて別の学習を始めてください"
        "(start_fromにこの学習を指定できます)。",
        "{step}단계에서 {name}이(가) {given}이(가) 되었습니다. 학습률을 낮춰 새 학습을 시작하세요"
        "(start_from에 이 학습을 지정할 수 있습니다).",
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
}
