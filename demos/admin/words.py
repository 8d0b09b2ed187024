"""The sentences of the Admin tab, in English, Japanese and Korean."""

from __future__ import annotations

from demos.shared.words import Scope

say = Scope(
    "admin",
    {
        "tab": ("Admin", "管理", "관리"),
        "admin_only": (
            "Only an administrator may do this: reload the page and sign in.",
            "これは管理者だけができます。ページを再読み込みして、サインインしてください。",
            "관리자만 할 수 있습니다. 페이지를 새로 고치고 로그인해 주세요.",
        ),
        "admin_closed": (
            "Nobody can administer this studio yet. Start it with the environment variable `ADMIN_PASSWORD` set; in a "
            "Space, add that as a secret, or put `hf_oauth: true` into the README's head so that its owner can "
            "sign in.",
            "このスタジオを管理できる人はまだいません。環境変数`ADMIN_PASSWORD`を設定して起動してください。"
            "Spaceでは、それをシークレットとして追加するか、READMEの先頭に`hf_oauth: true`と書くと"
            "所有者がサインインできます。",
            "아직 아무도 이 스튜디오를 관리할 수 없습니다. 환경 변수 `ADMIN_PASSWORD`를 설정하고 시작하세요. "
            "Space에서는 그것을 시크릿으로 추가하거나, README 머리에 `hf_oauth: true`를 적으면 "
            "소유자가 로그인할 수 있습니다.",
        ),
        "admin_sign_in": (
            "Administrators sign in here: with the link that was printed when the studio started, or as below.",
            "管理者はここからサインインします。起動時に表示されたリンクを使うか、下の方法で入ってください。",
            "관리자는 여기서 로그인합니다. 시작할 때 출력된 링크를 쓰거나 아래 방법으로 들어오세요.",
        ),
        "admin_link": (
            "Administrators sign in here: with the link that was printed when the studio started.",
            "管理者はここからサインインします。起動時に表示されたリンクを使ってください。",
            "관리자는 여기서 로그인합니다. 시작할 때 출력된 링크를 쓰세요.",
        ),
        "password": ("Password", "パスワード", "비밀번호"),
        "sign_in": ("Sign in", "サインイン", "로그인"),
        "sign_out": ("Sign out", "サインアウト", "로그아웃"),
        "password_wrong": ("That is not the password.", "パスワードが違います。", "비밀번호가 다릅니다."),
        "password_wait": (
            "Too many passwords are being tried from where you are, and yours was not looked at. "
            "Try again in {seconds} seconds, or use the link that was printed when the studio started.",
            "同じ接続元から多くのパスワードが試されているため、まだ確認していません。"
            "{seconds}秒後にもう一度お試しになるか、起動時に表示されたリンクをお使いください。",
            "같은 곳에서 너무 많은 비밀번호가 시도되고 있어 아직 확인하지 않았습니다. "
            "{seconds}초 뒤에 다시 시도하거나 시작할 때 출력된 링크를 쓰세요.",
        ),
        "admin_train": ("Train", "学習", "학습"),
        "admin_jobs": ("Jobs", "ジョブ", "작업"),
        "admin_data": ("Data", "データ", "데이터"),
        "admin_live": ("Live", "公開中", "적용 중"),
        "system": ("System", "システム", "시스템"),
        "preset": ("Preset", "プリセット", "프리셋"),
        "data_source": ("Data", "データ", "데이터"),
        "data_source_info": (
            "Uploaded sets by name; cifar10, cifar100, mnist, celeba, hub:ID; "
            "or zip:PATH, folder:PATH, pairs:PATH on this machine",
            "送ったデータの名前、cifar10、cifar100、mnist、celeba、hub:ID、"
            "またはこの機械の zip:PATH、folder:PATH、pairs:PATH",
            "올린 데이터의 이름, cifar10, cifar100, mnist, celeba, hub:ID, "
            "또는 이 기기의 zip:PATH, folder:PATH, pairs:PATH",
        ),
        "executor": ("Where it runs", "実行場所", "실행 위치"),
        "settings_common": ("Settings", "設定", "설정"),
        "settings_own": ("This system's own settings", "このシステム固有の設定", "이 시스템의 고유 설정"),
        "settings_rest": (
            "Schedule, memory, and what is written when",
            "スケジュール、メモリー、記録の間隔",
            "일정, 메모리, 기록 간격",
        ),
        "use_yaml": ("Put this YAML into the form", "このYAMLを入力欄に反映", "이 YAML을 양식에 넣기"),
        "check": ("Check data and room", "データと空きを確認", "데이터와 공간 확인"),
        "start_training": ("Start training", "学習を始める", "학습 시작"),
        "job_queued": (
            "Job {job} is in the queue.",
            "ジョブ{job}を待ち行列に入れました。",
            "작업 {job}을(를) 대기열에 넣었습니다.",
        ),
        "jobs_number": ("job", "番号", "번호"),
        "jobs_system": ("system", "システム", "시스템"),
        "jobs_status": ("status", "状態", "상태"),
        "jobs_progress": ("step", "ステップ", "단계"),
        "jobs_left": ("time left", "残り", "남은 시간"),
        "jobs_attempt": ("attempt", "回数", "시도"),
        "jobs_error": ("error", "エラー", "오류"),
        "jobs_chosen": ("Job", "ジョブ", "작업"),
        "jobs_beside": ("Compare with", "比較するジョブ", "비교할 작업"),
        "jobs_export": ("Weights", "重み", "가중치"),
        "jobs_moment": ("Preview through time", "プレビューの時点", "미리보기 시점"),
        "jobs_log": ("Log", "ログ", "로그"),
        "jobs_none": (
            "No job yet: begin one under Train.",
            "ジョブはまだありません。「学習」から始めてください。",
            "아직 작업이 없습니다. '학습'에서 시작하세요.",
        ),
        "jobs_measuring": ("being measured", "評価中", "평가 중"),
        "jobs_repository": (
            "Hub repository (a new one is private)",
            "Hubのリポジトリ(新規は非公開)",
            "Hub 저장소(새것은 비공개)",
        ),
        "job_pushed": ("Uploaded: {url}", "アップロードしました: {url}", "올렸습니다: {url}"),
        "job_delete_ask": (
            "Delete this job and its run, checkpoints and all?",
            "このジョブと学習の記録をすべて削除しますか?",
            "이 작업과 학습 기록을 모두 삭제할까요?",
        ),
        "job_now": ("Job {job}: {status}", "ジョブ{job}: {status}", "작업 {job}: {status}"),
        "job_ended": ("Job {job}: {status}", "ジョブ{job}: {status}", "작업 {job}: {status}"),
        "job_cloned": (
            "The settings of job {job} are in the form under Train.",
            "ジョブ{job}の設定を「学習」の入力欄に入れました。",
            "작업 {job}의 설정을 '학습' 양식에 넣었습니다.",
        ),
        "job_measuring": (
            "Measuring job {job} beside what is live: this takes a while.",
            "ジョブ{job}を公開中のものと比べて評価しています。しばらくかかります。",
            "작업 {job}을(를) 적용 중인 것과 비교 평가하고 있습니다. 시간이 걸립니다.",
        ),
        "job_live": (
            "{system}: {digest} is live. Visitors get it from now on.",
            "{system}: {digest}を公開しました。訪問者はこれから新しい重みを使います。",
            "{system}: {digest}이(가) 적용되었습니다. 방문자는 이제 이것을 씁니다.",
        ),
        "job_deleted": ("Job {job} is deleted.", "ジョブ{job}を削除しました。", "작업 {job}을(를) 삭제했습니다."),
        "machine_use": (
            "This machine: processors {processor}% busy, {used} of {total} GB of memory in use{gpu}",
            "この機械: CPU使用率 {processor}%、メモリ {used} / {total} GB{gpu}",
            "이 기기: CPU {processor}% 사용, 메모리 {used} / {total} GB{gpu}",
        ),
        "data_intro": (
            "Pictures in a zip, one folder a class. Every picture is decoded and written anew; "
            "what cannot be used is listed.",
            "クラスごとのフォルダに画像を入れたzip。すべての画像を読み直して保存し、使えないものは一覧にします。",
            "클래스마다 폴더 하나에 사진을 넣은 zip. 모든 사진을 다시 읽어 저장하고, "
            "쓸 수 없는 것은 목록으로 보여 줍니다.",
        ),
        "data_name": ("name", "名前", "이름"),
        "data_file": ("Zip of pictures", "画像のzip", "사진 zip"),
        "data_choose_zip": ("Choose a zip first.", "先にzipを選んでください。", "먼저 zip을 고르세요."),
        "data_may_use": (
            "I may use these pictures.",
            "これらの画像を使う権利があります。",
            "이 사진들을 사용할 권리가 있습니다.",
        ),
        "data_upload_button": ("Upload", "送信", "올리기"),
        "data_uploading": ("Uploading ...", "送信中…", "올리는 중…"),
        "data_taking_in": ("Reading every picture ...", "画像を読み込んでいます…", "사진을 읽는 중…"),
        "data_taken_in": (
            "{count} pictures taken in, {refused} refused.",
            "{count}枚を取り込み、{refused}枚を除外しました。",
            "사진 {count}장을 받았고 {refused}장을 제외했습니다.",
        ),
        "data_column_name": ("name", "名前", "이름"),
        "data_column_pictures": ("pictures", "枚数", "사진 수"),
        "data_column_classes": ("classes", "クラス数", "클래스 수"),
        "data_column_refused": ("refused", "除外", "제외"),
        "data_column_size": ("MB", "MB", "MB"),
        "data_chosen": ("Look at", "表示するデータ", "볼 데이터"),
        "data_refused": ("{count} refused:", "除外 {count}枚:", "제외 {count}장:"),
        "delete": ("Delete", "削除", "삭제"),
        "disk_use": (
            "{free} of {total} GB of disk free",
            "ディスクの空き {free} / {total} GB",
            "디스크 여유 {free} / {total} GB",
        ),
        "live_system": ("system", "システム", "시스템"),
        "live_source": ("weights", "重み", "가중치"),
        "live_digest": ("SHA-256", "SHA-256", "SHA-256"),
        "live_since": ("since", "公開日時", "적용 시각"),
        "live_bundled": ("bundled", "同梱", "기본 제공"),
        "live_undo": ("Back to what was live before", "一つ前に戻す", "이전 것으로 되돌리기"),
        "live_now": (
            "{system}: {source} is live again.",
            "{system}: {source}に戻しました。",
            "{system}: {source}(으)로 되돌렸습니다.",
        ),
        "refresh": ("Refresh", "更新", "새로 고침"),
    },
)
